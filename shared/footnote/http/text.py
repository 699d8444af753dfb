"""Text that callers send, as Postgres can keep it."""

from typing import Annotated

from pydantic import AfterValidator


def storable(text: str) -> str:
    """Postgres takes every character but NUL, and no half of a surrogate pair."""
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text):
        message = "must not hold a NUL character or an unpaired surrogate"
        raise ValueError(message)
    return text


Text = Annotated[str, AfterValidator(storable)]
