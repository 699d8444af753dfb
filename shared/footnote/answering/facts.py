"""Whether a sentence's numbers, dates, names and negations agree with what its sources tell."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from footnote.answering.dates import agree
from footnote.answering.source import Source, told
from footnote.answering.tokens import Kind, Token
from footnote.domain.answer import RemovalReason

_NOT_WORD = re.compile(r"[\W_]+")
_AFFIXES = (
    "un",
    "in",
    "im",
    "ir",
    "il",
    "dis",
    "non",
    "de",
    "mis",
    "onge",
    "on",
    "des",
    "dé",
    "in",
)


def contradiction(said: Sequence[Token], sources: Sequence[Source]) -> RemovalReason | None:
    """The first kind of fact in a sentence that its sources do not tell, or tell otherwise."""
    tokens = told(sources)
    place = [token for source in sources for token in source.place]
    for at, token in enumerate(said):
        before = said[at - 1] if at else None
        behind = said[at + 1] if at + 1 < len(said) else None
        if token.kind is Kind.NUMBER and not (
            _number_is_told(token, behind, tokens) or _is_of_a_name(before, token, place)
        ):
            return RemovalReason.NUMBER
        if token.kind in {Kind.DATE, Kind.TIME} and not _date_is_told(token, tokens):
            return RemovalReason.DATE
        if token.is_name and not _name_is_told(token, [*tokens, *place]):
            return RemovalReason.NAME
        if token.kind is Kind.WORD and _is_turned_round(token, tokens):
            return RemovalReason.NEGATION
    return None


def negations(tokens: Sequence[Token]) -> Counter[str]:
    """What negates, by kind; of French 'ne ... pas' only one part counts."""
    counts = Counter(token.key for token in tokens if token.kind is Kind.NEGATION)
    if len(counts) > 1:
        counts.pop("ne", None)
    return counts


def _number_is_told(token: Token, behind: Token | None, tokens: Sequence[Token]) -> bool:
    unit = behind.key if behind is not None and behind.kind is Kind.UNIT else None
    if unit and token.key == "1" and any(other.single and other.key == unit for other in tokens):
        return True
    for at, other in enumerate(tokens):
        if not token.told_by(other):
            continue
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        told_unit = following.key if following and following.kind is Kind.UNIT else None
        if unit is None or told_unit in (None, unit):
            return True
    return False


def _is_of_a_name(before: Token | None, token: Token, place: Sequence[Token]) -> bool:
    """Whether name and number stand together in title or headings, as in 'Postgres 16'."""
    return before is not None and any(
        before.told_by(one) and token.told_by(two) for one, two in pairwise(place)
    )


def _date_is_told(token: Token, tokens: Sequence[Token]) -> bool:
    if token.kind is Kind.TIME:
        return any(token.told_by(other) for other in tokens)
    return any(
        other.kind is Kind.DATE and agree(token.dates, other.dates) is not False for other in tokens
    )


def _name_is_told(token: Token, tokens: Sequence[Token]) -> bool:
    wanted = _squashed(token)
    for other in tokens:
        if token.told_by(other) or _squashed(other) == wanted:
            return True
        if other.kind is Kind.IDENTIFIER and wanted in map(str.lower, _NOT_WORD.split(other.raw)):
            return True
    return False


def _squashed(token: Token) -> str:
    """UTF-8 and utf8 are one name."""
    return _NOT_WORD.sub("", token.raw).lower()


def _is_turned_round(token: Token, tokens: Sequence[Token]) -> bool:
    """Whether only the opposite by an affix is told: 'encrypted' of what is 'unencrypted'."""
    words = {other.raw.lower() for other in tokens if other.kind is Kind.WORD}
    keys = {other.key for other in tokens}
    word = token.raw.lower()
    if token.key in keys or len(word) < 5:
        return False
    opposites = {affix + word for affix in _AFFIXES}
    opposites |= {word.removeprefix(affix) for affix in _AFFIXES if word.startswith(affix)}
    if word.startswith(("en", "dis")):
        rest = word[2:] if word.startswith("en") else word[3:]
        opposites |= {"en" + rest, "dis" + rest}
    return any(len(opposite) >= 4 and opposite in words for opposite in opposites - {word})
