"""Finds a quote in a text as a reader would: by its words, whatever happened to its typography."""

import re
import unicodedata

from footnote.answering.folding import UNSPACED, folded, joins

# 1,500, 2.75, 10:30 and 1/2 are one number each; so is 1 500 with a space that does not break.
_NUMBER_GOES_ON = re.compile(r"\d[.,:/'\u2019]\d")
_GROUP = re.compile(r"\d[\u00a0\u202f\u2009]\d{3}(?!\d)")
# The end of a contracted word, which may turn it round: 'can't'.
_CONTRACTED = re.compile(r"'(?:s|t|re|ll|ve|d|m)\b", re.IGNORECASE)
# A sign that holds the parts of a name, a compound or an address together; a long dash does not,
# nor that of a range of numbers.
_HELD = re.compile(
    r"[^\W_](?:[\u2010\u2011-](?=[^\W\d_])|(?<=[^\W\d_])[\u2010\u2011-]|[_@/]"
    r"|(?<=[a-z])\.(?=[a-z]))[^\W_]"
)


def find_verbatim(quote: str, text: str) -> tuple[int, int] | None:
    """Where `quote` stands in `text`, as offsets into `text`; None where it does not.

    Compared after NFKC, with white space, line-end hyphenation and typographic signs folded.
    Letters, digits and their case are compared as they are, and words as whole words.
    """
    return _find(quote, text, as_read=False) or _find(quote, text, as_read=True)


def _find(quote: str, text: str, *, as_read: bool) -> tuple[int, int] | None:
    wanted = folded(quote, as_read=as_read)[0].strip()
    if not wanted:
        return None
    inside, origins = folded(text, as_read=as_read)
    at = inside.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        cut = _cuts_a_word(inside, at) or _cuts_a_word(inside, end)
        start, behind = origins[at], _end_of(text, origins[end - 1])
        if not cut and not _parts_a_compound(text, start) and not _parts_a_compound(text, behind):
            return start, behind
        at = inside.find(wanted, at + 1)
    return None


def _end_of(text: str, last: int) -> int:
    """Behind the character at `last` and the marks that combine with it."""
    end = last + 1
    while end < len(text) and joins(text[end]):
        end += 1
    return end


def _parts_a_compound(text: str, at: int) -> bool:
    """Whether `at` is beside a sign that holds together what it parts: 'non-|profit', 'a|@b'."""
    starts = [start for start in (at - 2, at - 1) if start >= 0]
    return any(
        _HELD.fullmatch(text, start, start + 3) or _GROUP.match(text, start) for start in starts
    )


def _cuts_a_word(text: str, at: int) -> bool:
    """Whether a word or a number goes on across `at`."""
    if not 0 < at < len(text):
        return False
    if UNSPACED.match(text[at - 1]) or UNSPACED.match(text[at]):
        return False
    if _belongs_to_a_word(text[at - 1]) and _belongs_to_a_word(text[at]):
        return True
    apostrophes = [start for start in (at - 1, at) if start and text[start - 1].isalnum()]
    if any(_CONTRACTED.match(text, start) for start in apostrophes):
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
