"""Whether quotes bear out a value: a word or a number that is taken from them, not a sentence."""

import re
from collections.abc import Iterator, Sequence

from footnote.answering.reading import read_tokens
from footnote.answering.source import Source
from footnote.answering.support import Verdict, verify
from footnote.answering.tokens import Kind
from footnote.answering.verbatim import find_verbatim
from footnote.domain.answer import RemovalReason

_LETTER = re.compile(r"[^\W\d_]")
_PLAIN_NUMBER = re.compile(r"\d+\.\d+")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::00)?(?:Z|[+-]\d\d:\d\d)?")
_BETWEEN_DIGITS = re.compile(r"[\s\-\u2010-\u2015/()]+")
# Numbers of accounts and telephones are told with spaces, and kept without; some have letters.
_SHORTEST_CODE, _LONGEST_CODE = 6, 40
_FEWEST_DIGITS = 4
# A value that follows a negation so closely is what the quote denies.
_WORDS_BEFORE = 2


def borne_out(value: str, sources: Sequence[Source]) -> Verdict:
    """Holds a value against all of its sources together.

    A word or a name is borne out where it stands, unless that is denied; whether the quote says of
    it what the field means cannot be known, so beside a negation it is not verified.
    """
    if _LETTER.search(value):
        for source in sources:
            standing = _standing(value, source)
            if standing is not None:
                return standing
    if _is_code(value, sources):
        return Verdict(verified=True)
    first = verify(value, sources, is_value=True)
    if first.reason is None:
        return first
    if first.reason is RemovalReason.NEGATION and not _LETTER.search(value):
        return Verdict()
    others = (verify(other, sources, is_value=True) for other in _other_forms(value))
    return next((verdict for verdict in others if verdict.reason is None), first)


def _standing(value: str, source: Source) -> Verdict | None:
    """The verdict on a value that stands in the quote as whole words; None where it does not."""
    span = find_verbatim(value, source.quote)
    if span is None or not _is_whole(source.quote, *span):
        return None
    before = " ".join(source.quote[: span[0]].split()[-_WORDS_BEFORE:])
    if any(token.kind is Kind.NEGATION for token in read_tokens(before, source.language)):
        return Verdict(reason=RemovalReason.NEGATION)
    denied = any(token.kind is Kind.NEGATION for token in source.tokens)
    return Verdict(verified=not denied or source.quote.strip() == value)


def _is_whole(quote: str, start: int, end: int) -> bool:
    """Not a part of a longer word or number."""
    before, after = quote[:start], quote[end:]
    cut_before = re.search(r"\w$" if not quote[start].isdigit() else r"[\w.,:/+\-]$", before)
    cut_after = re.match(r"\w" if not quote[end - 1].isdigit() else r"\w|[.,:/]\d", after)
    return not cut_before and not cut_after


def _is_code(value: str, sources: Sequence[Source]) -> bool:
    code = _BETWEEN_DIGITS.sub("", value)
    if _PLAIN_NUMBER.fullmatch(code) or not _SHORTEST_CODE <= len(code) <= _LONGEST_CODE:
        return False
    if sum(map(str.isdigit, code)) < _FEWEST_DIGITS or code != code.upper():
        return False
    spaced = rf"{_BETWEEN_DIGITS.pattern[:-1]}?".join(map(re.escape, code))
    pattern = re.compile(rf"(?<![\w.,]){spaced}(?!\w|[.,]\d)")
    return any(pattern.search(source.quote) for source in sources)


def _other_forms(value: str) -> Iterator[str]:
    """The same as documents write it."""
    if _PLAIN_NUMBER.fullmatch(value):
        yield value.rstrip("0").rstrip(".")
    moment = _MOMENT.fullmatch(value)
    if moment:
        yield " ".join(moment.groups())
