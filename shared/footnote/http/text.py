"""Text that callers send, as Postgres can keep it."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

# Line ends and tabs; what joins letters and emoji in several scripts.
_ALLOWED = "\n\r\t\u200c\u200d"
_MOST_REPEATED = 100


def storable(text: str) -> str:
    """Postgres takes every character but NUL, and no half of a surrogate pair."""
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text):
        message = "must not hold a NUL character or an unpaired surrogate"
        raise ValueError(message)
    return text


def readable(text: str) -> str:
    """Lines of text, without signs that steer a terminal or turn the direction of what follows."""
    if any(unicodedata.category(sign) in {"Cc", "Cf"} and sign not in _ALLOWED for sign in text):
        message = "must not hold control characters"
        raise ValueError(message)
    return text


def repeated(text: str) -> str:
    """What a caller wrote, as an error can repeat it: short, and without halves of signs."""
    return text[:_MOST_REPEATED].encode(errors="replace").decode()


# Half a surrogate pair cannot be said in JSON Schema, and hardly in JSON.
_STORABLE = {"pattern": "^[^\\u0000]*$"}

Text = Annotated[str, AfterValidator(storable), Field(json_schema_extra=_STORABLE)]
