"""Whether the words of a sentence are tied to each other as in its sources.

The small words between them decide that: 'paid by', 'after May' and 'when it rains' do not say what
'paid', 'before May' and nothing at all do.
"""

from footnote.answering.small_words import AND, BUT, MEANWHILE, OF
from footnote.answering.tiles import Layout, Pair
from footnote.answering.tokens import VALUES, Kind

_OPENERS = AND | BUT | MEANWHILE
_SECOND, _THIRD = "you", "they"
# These take something out of what is said, all else denies it.
_EXCEPTS = {"except", "only"}


def ties_hold(layout: Layout) -> bool:
    """Whether each word of the sentence hangs on the others as it did, and none was cut off."""
    pairs = layout.pairs()
    return (
        all(_is_tied_alike(pair, layout) and _is_of_the_same(pair) for pair in pairs)
        and all(_keeps_its_unit(pair, layout) and _is_whole(pair, layout) for pair in pairs)
        and all(_keeps_what_it_bounds(pair, layout) for pair in pairs)
        and all(_keeps_what_it_denies(pair, layout) for pair in pairs)
        and all(_begins_with_its_clause(pair, layout) for pair in pairs)
        and not any(_runs_into_another_clause(pair, layout) for pair in pairs)
    )


def _is_tied_alike(pair: Pair, layout: Layout) -> bool:
    said, told = pair.said, pair.told
    if said.links == told.links:
        return True
    goes_on = layout.goes_on(pair)
    if goes_on and not told.paused:
        return False
    more, less = said.links - told.links, told.links - said.links
    if not less:
        return more <= _OPENERS and (told.paused or told.begins)
    if not more and less <= _OPENERS and not goes_on and (pair.at == 0 or said.paused):
        return told.paused or not layout.left_over(layout.sentences)
    if goes_on:
        return False
    # 'It stays and can be moved' tells of it that it can be moved.
    same_subject = said.links | less == told.links and less <= AND and not told.is_name
    return same_subject or said.links == _links_of_list(pair, layout)


def _is_of_the_same(pair: Pair) -> bool:
    """Not 'is paid' of 'pays', nor 'we pay' of 'you pay'; whoever is told may be spoken to."""
    if pair.said.verbs != pair.told.verbs:
        return False
    said, told = pair.said.persons - {_THIRD}, pair.told.persons - {_THIRD}
    return said == told or not said or (not told and said == {_SECOND})


def _links_of_list(pair: Pair, layout: Layout) -> frozenset[str] | None:
    """What ties the list of names that a name goes on: 'on S3, SQS and Postgres'."""
    place, token = pair.place, layout.told[pair.place]
    while token is not None and token.is_name and not token.links - AND and place:
        place -= 1
        token = layout.told[place]
    return token.links if token is not None and token.is_name else None


def _keeps_its_unit(pair: Pair, layout: Layout) -> bool:
    unit = layout.told[pair.place + 1]
    if pair.told.kind is not Kind.NUMBER or unit is None or unit.kind is not Kind.UNIT:
        return True
    following = layout.said[pair.at + 1] if pair.at + 1 < len(layout.said) else None
    return unit.paused or (following is not None and following.told_by(unit))


def _is_whole(pair: Pair, layout: Layout) -> bool:
    """Not cut off from a word right before it, nor, at the end, from what bounds it."""
    used = layout.laid.values()
    word = pair.told.kind in {Kind.WORD, Kind.UNIT}
    stands_in = pair.at == 0 and bool(pair.said.persons & {_SECOND, _THIRD})
    if word and pair.told.attached and pair.place - 1 not in used and not stands_in:
        return False
    after = layout.told[pair.place + 1]
    if pair.at + 1 < len(layout.said) or after is None or pair.place + 1 in used:
        return True
    goes_on = after.kind is pair.told.kind and after.kind in VALUES
    if not after.paused and (goes_on or after.links & OF):
        return False
    return not (after.attached and (after.qualifies or after.limits))


def _begins_with_its_clause(pair: Pair, layout: Layout) -> bool:
    """Not without the word that its clause begins with: 'the manager of Anna pays' is not Anna.

    What may go there is the kind of a name ('Error E-1'), what else is listed, and what a pronoun
    stands for.
    """
    first = pair.place
    while first and layout.clauses[first - 1] == layout.clauses[pair.place]:
        first -= 1
    token, second = layout.told[first], layout.told[first + 1]
    used = layout.laid.values()
    listed = pair.told.paused or bool(pair.told.links and pair.told.links <= AND)
    if first in used or token is None or (token.is_name and listed):
        return True
    begun = layout.laid.get(0)
    stands_in = bool(layout.said[0].persons & {_SECOND, _THIRD})
    if stands_in and begun is not None and layout.clauses[begun] == layout.clauses[first]:
        return True
    return first + 1 in used and second is not None and second.attached and second.is_name


def _keeps_what_it_bounds(pair: Pair, layout: Layout) -> bool:
    """What qualifies or limits stands before the same word, or ends the clause behind it."""
    if not (pair.said.qualifies or pair.said.limits):
        return True
    ends = pair.at + 1 == len(layout.said) or layout.said[pair.at + 1].paused
    if ends:
        return layout.laid.get(pair.at - 1) == pair.place - 1
    return layout.laid.get(pair.at + 1) == pair.place + 1


def _keeps_what_it_denies(pair: Pair, layout: Layout) -> bool:
    """'except training and support' denies both, and 'not on Fridays' only that."""
    if pair.told.kind is not Kind.NEGATION:
        return True
    if pair.told.key not in _EXCEPTS:
        used, clause = layout.laid.values(), layout.clauses[pair.place]
        return all(
            place in used or layout.clauses[place] != clause or token is None
            for place, token in enumerate(layout.told)
        )
    at, place = pair.at, pair.place
    while layout.laid.get(at) == place:
        at, place = at + 1, place + 1
    following = layout.told[place]
    return following is None or following.paused or not following.links & AND


def _runs_into_another_clause(pair: Pair, layout: Layout) -> bool:
    """Whether a phrase from the middle of a clause is followed by the clause behind it."""
    if not (pair.told.paused and layout.goes_on(pair)):
        return False
    at, place = pair.at, pair.place
    while layout.laid.get(at - 1) == place - 1:
        at, place = at - 1, place - 1
    first = layout.told[place]
    return first is not None and not (first.paused or first.begins)
