"""Finds a quote in a text as a reader would: by its words, whatever happened to its typography."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_LINE_END_HYPHEN = re.compile(r"(?<=\w)[-\u2010]\s*\n\s*(?=\w)")
# 1,500 and 2.75 are one number each.
_NUMBER_GOES_ON = re.compile(r"\d[.,]\d")
# Scripts that write no spaces between words.
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
# Signs that editors and models exchange for one another without changing a word.
_SAME_SIGN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u2032`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        "\u00ad": None,
        "\u200b": None,
    }
)


def find_verbatim(quote: str, text: str) -> tuple[int, int] | None:
    """Where `quote` stands in `text`, as offsets into `text`; None where it does not.

    Compared after NFKC, with white space, line-end hyphenation and typographic signs folded.
    Letters, digits and their case are compared as they are, and words as whole words.
    """
    wanted, _ = _fold(quote)
    wanted = wanted.strip()
    if not wanted:
        return None
    folded, origins = _fold(text)
    at = folded.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not _cuts_a_word(folded, at) and not _cuts_a_word(folded, end):
            return origins[at], _end_of(text, origins[end - 1])
        at = folded.find(wanted, at + 1)
    return None


def _end_of(text: str, last: int) -> int:
    """Behind the character at `last` and the marks that combine with it."""
    end = last + 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _cuts_a_word(text: str, at: int) -> bool:
    """Whether a word or a number goes on across `at`."""
    if not 0 < at < len(text):
        return False
    if UNSPACED.match(text[at - 1]) or UNSPACED.match(text[at]):
        return False
    if _belongs_to_a_word(text[at - 1]) and _belongs_to_a_word(text[at]):
        return True
    number_goes_on = any(
        _NUMBER_GOES_ON.fullmatch(text[start : start + 3]) for start in (at - 2, at - 1)
    )
    return number_goes_on or _is_sign(text, at)


def _belongs_to_a_word(character: str) -> bool:
    return character.isalnum() or unicodedata.combining(character) > 0


def _is_sign(text: str, at: int) -> bool:
    """Whether a minus sign before `at` changes the number behind it; a range's dash does not."""
    signed = text[at - 1] == "-" and text[at].isdigit()
    return signed and not (at > 1 and text[at - 2].isalnum())


@lru_cache(maxsize=64)
def _fold(text: str) -> tuple[str, list[int]]:
    """The folded text and, for each of its characters, the offset that it comes from."""
    hyphens = {at for found in _LINE_END_HYPHEN.finditer(text) for at in range(*found.span())}
    characters: list[str] = []
    origins: list[int] = []
    for offset, original in _graphemes(text):
        if offset in hyphens:
            continue
        for character in unicodedata.normalize("NFKC", original).translate(_SAME_SIGN):
            sign = " " if character.isspace() else character
            if sign == " " and characters and characters[-1] == " ":
                continue
            characters.append(sign)
            origins.append(offset)
    return "".join(characters), origins


def _graphemes(text: str) -> Iterator[tuple[int, str]]:
    """Each character with the marks that combine with it, and where it stands."""
    start = 0
    for offset in range(1, len(text) + 1):
        if offset == len(text) or not unicodedata.combining(text[offset]):
            yield start, text[start:offset]
            start = offset
