"""Whether a sentence is a restatement: its sources' words, at most in another order of clauses."""

import re
import unicodedata
from collections.abc import Sequence

from footnote.answering.bounds import binds
from footnote.answering.languages import Language
from footnote.answering.seams import every_seam_is_harmless
from footnote.answering.source import Source
from footnote.answering.ties import ties_hold
from footnote.answering.tiles import Layout
from footnote.answering.tokens import VALUES, Kind, normalised

# 1,000 and 1.000 are not the same, nor 3:20 and 3.20.
_SIGNS = re.compile(r"\w+(?:(?<=\d)[.,:'/](?=\d)\w+)*|[^\w\s]")
# Besides these and all signs of mathematics and money, punctuation changes nothing.
_TELLING = frozenset("-/%\u2030@&^\u00b0")
_LIST_SIGN = re.compile(r"^\s*(?:[-*+\u2022>]\s+)+")
# A word alone says nothing of anything.
_FEWEST_WORDS = 2


def is_quotation(sentence: str, source: Source) -> bool:
    """Whether the sentence is just the quote, which cuts off nothing that changes it."""
    if not _are_alike(_signs(sentence), _signs(source.readable)):
        return False
    if source.language is None:
        # What negates is not known there; in most languages it would stand in front.
        return not source.clause_before and not source.clause_after
    if source.bound or source.cut:
        return False
    around = (*source.clause_before, *source.clause_after)
    return not any(token.kind is Kind.NEGATION for token in around)


def _signs(text: str) -> list[str]:
    """All words and the signs that change what is said, without the sign of a list."""
    found = _SIGNS.findall(_LIST_SIGN.sub("", normalised(text)))
    return [one for one in found if one[0].isalnum() or one[0] == "_" or _tells(one)]


def _tells(sign: str) -> bool:
    return sign in _TELLING or (sign != "|" and unicodedata.category(sign) in {"Sc", "Sm"})


def _are_alike(said: Sequence[str], told: Sequence[str]) -> bool:
    """The same words; only the first letter may be a capital in one, unless it is of a unit."""
    return len(said) == len(told) and all(
        one == other
        or (
            one[1:] == other[1:]
            and one[:1].lower() == other[:1].lower()
            and not (at and said[at - 1][-1].isdigit())
        )
        for at, (one, other) in enumerate(zip(said, told, strict=True))
    )


def restates(layout: Layout, sources: Sequence[Source], language: Language | None) -> bool:
    """Whether the sentence says nothing that one of the quotes does not say in the same words."""
    if len(layout.laid) < _FEWEST_WORDS or not _holds(layout, sources, language):
        return False
    if any(source.bound for source in sources) or _begins_behind_a_cut(layout, sources):
        return False
    return language is None or ties_hold(layout)


def names(layout: Layout, sources: Sequence[Source], language: Language | None) -> bool:
    """The same of a value, which is no sentence: but 'before May' is no value of 'after May'."""
    tied = all(pair.said.links <= pair.told.links for pair in layout.pairs())
    return tied and _holds(layout, sources, language)


def _begins_behind_a_cut(layout: Layout, sources: Sequence[Source]) -> bool:
    """Whether it is of 'customers' what a quote cut off 'premium customers' is of."""
    first = 0
    for source in sources:
        if source.cut and layout.laid.get(0) == first and layout.said[0].bare:
            return True
        first += len(source.content) + 1
    return False


def _holds(layout: Layout, sources: Sequence[Source], language: Language | None) -> bool:
    """Whether nothing is said that is not told, nor left out what negates or limits it."""
    if not _is_covered(layout, sources):
        return False
    if language is None:
        return _is_excerpt(layout, sources)
    return (
        not _leaves_out_a_condition(layout, sources, language)
        and _negations_stand_where_they_stood(layout)
        and _values_are_of_the_same(layout, language)
        and every_seam_is_harmless(layout, language)
    )


def _is_covered(layout: Layout, sources: Sequence[Source]) -> bool:
    """All of the sentence is told; a name may be one of the headings', in place of a pronoun."""
    missing = [token for at, token in enumerate(layout.said) if at not in layout.laid]
    if not missing:
        return True
    place = [token for source in sources for token in source.place]
    named = all(
        token.raw[:1].isupper() and any(token.told_by(other) for other in place)
        for token in missing
    )
    return named and bool(layout.laid) and not layout.left_over(layout.sentences)


def _is_excerpt(layout: Layout, sources: Sequence[Source]) -> bool:
    """Of a language that is not known nothing can be left out: whole clauses, as they stand."""
    if layout.tiles != 1 or len(layout.laid) != len(layout.said):
        return False
    first, last = min(layout.laid.values()), max(layout.laid.values())
    opening, following = layout.told[first], layout.told[last + 1]
    whole = not any(source.clause_before or source.clause_after for source in sources)
    begins = opening is not None and opening.paused
    return whole and begins and (following is None or following.paused)


def _leaves_out_a_condition(layout: Layout, sources: Sequence[Source], language: Language) -> bool:
    """Whether the sentences that it rests on hold an 'if' or a 'not' that it does not tell."""
    if any(
        binds(token, language) or token.kind is Kind.NEGATION
        for token in layout.left_over(layout.sentences)
    ):
        return True
    return any(
        token.kind is Kind.NEGATION
        for source in sources
        for token in (*source.before, *source.after)
    )


def _negations_stand_where_they_stood(layout: Layout) -> bool:
    """A negation belongs to what follows it, at the end of a clause to what it follows."""
    for at, token in enumerate(layout.said):
        if token.kind is not Kind.NEGATION:
            continue
        ends = at + 1 == len(layout.said) or layout.said[at + 1].paused
        pair = (at - 1, at) if ends else (at, at + 1)
        places = [layout.laid.get(place) for place in pair]
        if None in places or places[0] != (places[1] or 0) - 1:
            return False
    return True


def _values_are_of_the_same(layout: Layout, language: Language) -> bool:
    """Nothing that bounds a number is left out in front of it, nor another put there."""
    used = set(layout.laid.values())
    for at, place in layout.laid.items():
        said, told = layout.said[at], layout.told[place]
        if told is None or said.kind not in VALUES:
            continue
        openers = {said.before, told.before} & language.prepositions
        if len(openers) > 1:
            return False
        before = layout.told[place - 1] if place else None
        if before is not None and before.qualifies and place - 1 not in used:
            return False
    return True
