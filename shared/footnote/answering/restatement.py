"""Whether a sentence is a restatement: its sources' words, at most in another order of clauses."""

import re
from collections.abc import Sequence

from footnote.answering.languages import Language
from footnote.answering.seams import every_seam_is_harmless
from footnote.answering.source import Source
from footnote.answering.tiles import Layout
from footnote.answering.tokens import Kind, normalised

_SIGNS = re.compile(r"[-+\u00b1<>=\u2264\u2265%\u20ac$\u00a3\u00a5\u00b0]|\w+")
_LIST_SIGN = re.compile(r"^\s*(?:[-*+\u2022>]\s+)+")
_VALUES = {Kind.NUMBER, Kind.DATE, Kind.TIME}


def is_quotation(sentence: str, source: Source) -> bool:
    """Whether the sentence is just the quote, which does not cut off a word that negates it."""
    if _signs(sentence) != _signs(source.readable):
        return False
    if source.language is None:
        # What negates is not known there; in most languages it would stand in front.
        return not source.clause_before
    around = (*source.clause_before, *source.clause_after)
    return not any(token.kind is Kind.NEGATION for token in around)


def _signs(text: str) -> list[str]:
    """All words and the signs that change a number, without the sign of a list."""
    return _SIGNS.findall(_LIST_SIGN.sub("", normalised(text)).lower())


def restates(layout: Layout, sources: Sequence[Source], language: Language | None) -> bool:
    """Whether the sentence says nothing that one of the quotes does not say in the same words."""
    if not _is_covered(layout, sources):
        return False
    if language is None:
        return _is_excerpt(layout, sources)
    return (
        not _leaves_out_a_condition(layout, sources)
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


def _leaves_out_a_condition(layout: Layout, sources: Sequence[Source]) -> bool:
    """Whether the sentences that it rests on hold an 'if' or a 'not' that it does not tell."""
    if any(
        token.limits or token.kind is Kind.NEGATION for token in layout.left_over(layout.sentences)
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
        if told is None or said.kind not in _VALUES:
            continue
        openers = {said.before, told.before} & language.prepositions
        if len(openers) > 1:
            return False
        before = layout.told[place - 1] if place else None
        if before is not None and before.qualifies and place - 1 not in used:
            return False
    return True
