"""Bytes of a text file to text: UTF-8, UTF-16 by its mark, else a guess from the bytes."""

import codecs
import re

from footnote.domain.errors import FailedDocumentError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 100_000
# A text may hold a stray control character; a file of another kind is full of them.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_CONTROLS = 0.05
# Characters beyond ASCII that are valid UTF-8, for each byte that is not.
_GOOD_FOR_BAD = 4


def decode(content: bytes, declared: str | None = None) -> str:
    r"""The text with line ends as `\n`; bytes that fit no encoding become U+FFFD.

    `declared` is what the file says of itself; it counts where neither mark nor UTF-8 fits.

    Raises:
        FailedDocumentError: the content is no text at all.
    """
    text = content.decode(_encoding_of(content, declared), errors="replace")
    sample = text[:_SAMPLE_BYTES]
    if len(_CONTROL.findall(sample)) > len(sample) * _MOST_CONTROLS:
        what = "the file holds binary data, not text as its name says"
        message = f"{what}; give it the ending of what it is"
        raise FailedDocumentError(message)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _encoding_of(content: bytes, declared: str | None) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    # Latin text in UTF-16 is valid UTF-8 with NULs, so the zeros are looked at first.
    if found := _unmarked_utf16(content):
        return found
    if _is_utf8(content):
        return "utf-8"
    return _known(declared) or _guessed(content)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _is_damaged_utf8(content)
    return True


def _is_damaged_utf8(content: bytes) -> bool:
    """A few bytes may be damaged: no other encoding makes that many valid characters by chance."""
    text = content.decode("utf-8", errors="ignore")
    bad = len(content) - len(text.encode())
    beyond_ascii = len(text) - len(text.encode("ascii", errors="ignore"))
    return beyond_ascii >= _GOOD_FOR_BAD * bad


def _unmarked_utf16(content: bytes) -> str | None:
    """UTF-16 without a mark shows as a zero in every other byte of Latin text."""
    sample = content[:_SAMPLE_BYTES]
    half = len(sample) // 2
    if sample[1::2].count(0) > half * 0.4:
        return "utf-16-le"
    if sample[0::2].count(0) > half * 0.4:
        return "utf-16-be"
    return None


def _known(declared: str | None) -> str | None:
    """Python's own name of it; a codec such as rot13, which yields no text, counts as unknown."""
    if declared is None:
        return None
    try:
        b"a".decode(declared, errors="replace")
        return codecs.lookup(declared).name
    except (LookupError, UnicodeError):
        return None


def _guessed(content: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = content[:_SAMPLE_BYTES]
    if len(content) > len(sample):
        # A character that is cut in two would rule its encoding out.
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    best = from_bytes(sample).best()
    return best.encoding if best else "cp1252"
