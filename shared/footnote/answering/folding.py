"""Folds the typography of a text, and keeps for each sign where it comes from."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_LINE_END_HYPHEN = re.compile(r"(?<=\w)[-\u2010]\s*\n\s*(?=\w)")
# The signs of emphasis and code in Markdown, where they touch a word.
_EMPHASIS = re.compile(r"(?<!\w)[*`]{1,3}(?=[\w\"'(])|(?<=[\w.,;:!?\"')])[*`]{1,3}(?!\w)")
# Scripts that write no spaces between words.
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
# Signs that editors and models exchange for one another without changing a word.
_SAME_SIGN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u2032`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    }
)
# Vowels and finals of Korean syllables that are written in parts, and Japanese marks of half width.
_JOINING = re.compile(r"[\u1160-\u11ff\uff9e\uff9f]")


@lru_cache(maxsize=128)
def folded(text: str, *, as_read: bool = False) -> tuple[str, list[int]]:
    """The folded text and, for each of its characters, the offset that it comes from.

    Words that were hyphenated at the end of a line are put together. `as_read`: what may be a word
    with a hyphen of its own keeps it, and emphasis is left out.
    """
    skipped = {at for span in _skipped(text, as_read=as_read) for at in range(*span)}
    characters: list[str] = []
    origins: list[int] = []
    for offset, original in _graphemes(text):
        if offset in skipped:
            continue
        for character in unicodedata.normalize("NFKC", original).translate(_SAME_SIGN):
            if unicodedata.category(character) == "Cf":
                continue
            sign = " " if character.isspace() else character
            if sign == " " and characters and characters[-1] == " ":
                continue
            if _closes_a_gap(sign, characters):
                characters.pop()
                origins.pop()
            characters.append(sign)
            origins.append(offset)
    return "".join(characters), origins


def _closes_a_gap(sign: str, characters: list[str]) -> bool:
    """Whether the space in front of a sign stands between two that need none."""
    if len(characters) < 2 or characters[-1] != " " or not UNSPACED.match(sign):
        return False
    return UNSPACED.match(characters[-2]) is not None


def _skipped(text: str, *, as_read: bool) -> Iterator[tuple[int, int]]:
    for found in _LINE_END_HYPHEN.finditer(text):
        yield (found.start() + as_read, found.end())
    if as_read:
        yield from (found.span() for found in _EMPHASIS.finditer(text))


def _graphemes(text: str) -> Iterator[tuple[int, str]]:
    """Each character with the marks that combine with it, and where it stands."""
    start = 0
    for offset in range(1, len(text) + 1):
        if offset == len(text) or not joins(text[offset]):
            yield start, text[start:offset]
            start = offset


def joins(character: str) -> bool:
    """Whether a character is one with that before it."""
    return unicodedata.combining(character) > 0 or _JOINING.match(character) is not None
