"""The text of a key: `pk_` or `sk_`, ten characters that name it, and 32 that nobody can guess."""

import hashlib
import re
import secrets
import string

from footnote.domain.access import KeyKind

_PREFIXES = {KeyKind.PUBLISHABLE: "pk", KeyKind.SECRET: "sk"}
_ALPHABET = string.ascii_letters + string.digits
_NAME_CHARS = 10
_SECRET_CHARS = 32  # 190 bits
_FORM = re.compile(rf"((?:pk|sk)_[0-9A-Za-z]{{{_NAME_CHARS}}})_[0-9A-Za-z]{{{_SECRET_CHARS}}}")


def new_key_text(kind: KeyKind) -> str:
    """A key that never was before."""
    return f"{_PREFIXES[kind]}_{_random(_NAME_CHARS)}_{_random(_SECRET_CHARS)}"


def key_id_in(text: str) -> str | None:
    """The part of a key that may be shown and kept; None where the text is no key."""
    found = _FORM.fullmatch(text)
    return found[1] if found else None


def kind_of(key_id: str) -> KeyKind:
    """What kind of key a text is the beginning of."""
    return KeyKind.PUBLISHABLE if key_id.startswith("pk_") else KeyKind.SECRET


def key_hash(text: str) -> bytes:
    """What is kept of a key: 32 bytes. Nobody can try all keys, so one round of SHA-256 will do."""
    return hashlib.sha256(text.encode()).digest()


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
