"""What may be written into a log: errors without the words of others, text without secrets."""

import re
import traceback
from collections.abc import Iterator

from footnote.domain.errors import FootnoteError

_MOST_CHARS = 500
# What others said stands in these in Footnote's own messages, and is for the database alone.
_OTHERS_WORDS = re.compile(r"“[^”]*”?")
# Where vendors put the value that they do not like: up to the last quote, as it may hold some.
_QUOTED = re.compile(r"(?<!\w)['\"`“].*['\"`”]|(?<!\w)['\"`“].*")
_SIGNS = (
    # The password of an address, and what signs one.
    (re.compile(r"(?<=://)[^/\s@\"']*@"), "***@"),
    (
        re.compile(
            r"(?i)\b((?:x-amz-)?(?:signature|credential|security-token)|awsaccesskeyid|sig|token"
            r"|password|passwd|pwd|secret|api[_-]?key)(\s*[=:]\s*)[^\s&\"',;}]+"
        ),
        r"\1\2***",
    ),
    (re.compile(r"(?i)\b(bearer|basic)(\s+)[^\s\"',;}]+"), r"\1\2***"),
    # Footnote's keys, those of OpenAI and others, of AWS, and JSON web tokens.
    (re.compile(r"\b(sk|pk|rk|xox[a-z]|gh[a-z])([_-])[\w-]{8,}"), r"\1\2***"),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}"), "***"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"), "***"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "***@***"),
    # Cards, accounts and telephones: twelve digits and more, or a plus and seven.
    (re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\b"), "***"),
    (re.compile(r"(?<![\w.-])\d(?:[ -]?\d){11,18}(?![\w-])"), "***"),
    (re.compile(r"(?<![\w])\+\d(?:[ ()./-]{0,2}\d){6,14}"), "***"),
    (re.compile(r"(?<![\w.-])\(?0\d{2,5}\)?[ /-]\d{2,5}(?:[ -]?\d{2,5}){0,3}(?![\w-])"), "***"),
)


def masked(text: str) -> str:
    """Text without keys, passwords, signatures, mail addresses, telephone and card numbers."""
    text = _OTHERS_WORDS.sub("“***”", text)
    for sign, instead in _SIGNS:
        text = sign.sub(instead, text)
    return text


def quote(said: str) -> str:
    """What somebody else said, in a message of ours: it is kept, and left out of logs."""
    return f"“{said.replace('“', '"').replace('”', '"')}”"


def told(error: BaseException) -> str:
    """An error in a line: of our own ones all, of others what they say apart from what they quote.

    Vendors put the values that they were given into quotes, or into the lines behind the first.
    """
    if isinstance(error, FootnoteError):
        return masked(str(error))[:_MOST_CHARS]
    # What a database says repeats rows without quoting them; its code says what it is.
    state = getattr(error, "sqlstate", None)
    said = f"SQLSTATE {state}" if state else unquoted(str(error))
    return f"{type(error).__name__}: {said}".removesuffix(": ")


def unquoted(text: str) -> str:
    """The first line of a foreign message, without what stands in quotes."""
    first = text.strip().partition("\n")[0]
    return masked(_QUOTED.sub("…", first))[:_MOST_CHARS]


def trace_of(error: BaseException) -> str:
    """Where an error came from and what caused it, without source lines and values."""
    return "\n".join(_trace(error))


def _trace(error: BaseException) -> Iterator[str]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield told(cause)
        for frame in traceback.extract_tb(cause.__traceback__):
            yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        inner = None if cause.__suppress_context__ else cause.__context__
        cause = cause.__cause__ or inner
