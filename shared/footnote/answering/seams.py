"""The seams of a layout: where two stretches of the sources meet that were not neighbours there.

Only at a seam can a sentence tie two words together that its sources do not, such as the price of
one plan to the name of another.
"""

from collections.abc import Sequence
from itertools import pairwise

from footnote.answering.languages import Language
from footnote.answering.small_words import AND, BUT, OF
from footnote.answering.tiles import Layout
from footnote.answering.tokens import VALUES, Kind, Token

_MOST_TILES = 4
_VERB_SECOND = {"german", "dutch"}
_OPENERS = AND | BUT


def every_seam_is_harmless(layout: Layout, language: Language) -> bool:
    """Whether no seam ties words together that are not tied in the sources.

    Harmless are whole phrases that were moved, and what can be left out between two words.
    """
    ordered = sorted(layout.laid.items())
    seams = [
        (before, at, place) for (_, before), (at, place) in pairwise(ordered) if place != before + 1
    ]
    for before, at, place in seams:
        token = layout.said[at]
        if None in layout.told[min(before, place) : max(before, place)]:
            # Two sources, each with its own sentence.
            told = layout.told[place]
            joined = token.paused or token.before in AND
            harmless = joined and told is not None and told.begins
        elif layout.sentences[before] != layout.sentences[place]:
            # The cell of another row, the object of another sentence.
            harmless = False
        elif place > before:
            harmless = _can_be_skipped(layout, before, place)
        else:
            fronted = _fronted(layout, [seam[1] for seam in seams], at, language)
            adverbial = token.qualifies or token.kind in {Kind.DATE, Kind.TIME}
            counted = token.attached and layout.said[at - 1].kind is Kind.NUMBER
            adverbial = adverbial and not counted
            told = layout.told[place]
            clause = token.paused and told is not None and told.begins
            harmless = clause or token.opens or adverbial or fronted
        if not harmless:
            return False
    moved = any(place < before for before, _, place in seams)
    return not moved or (
        layout.tiles <= _MOST_TILES and not _parts_rivals(layout) and not _leaves_a_word(layout)
    )


def _leaves_a_word(layout: Layout) -> bool:
    """Whether a word is left out between those that were moved: they may have belonged to it."""
    used = set(layout.laid.values())
    left_out = (layout.told[at] for at in range(min(used), max(used)) if at not in used)
    return any(
        token is not None and token.attached and token.kind is Kind.WORD for token in left_out
    )


def _fronted(layout: Layout, seams: Sequence[int], at: int, language: Language) -> bool:
    """Whether the sentence begins with a phrase that its source ends with.

    In German and Dutch the verb comes next and the subject behind it: 'Seit Mai kostet das Heft'.
    """
    if not (layout.said[0].opens or layout.said[0].qualifies):
        return False
    inverted = len(seams) > 1 and seams[1] == seams[0] + 1 and language.name in _VERB_SECOND
    return at == seams[0] or (inverted and at == seams[1])


def _can_be_skipped(layout: Layout, before: int, place: int) -> bool:
    """Whether what is left out between two words leaves what is said of them as it was."""
    used = set(layout.laid.values())
    skipped = (layout.told[at] for at in range(before + 1, place) if at not in used)
    gap = [token for token in skipped if token is not None]
    following = layout.told[place]
    if following is not None and _is_list([*gap, following]):
        return following.paused or following.before in AND
    if _leaves_a_subject(gap, following):
        return False
    keys = {token.key for token in layout.said}
    kinds = {token.kind for token in layout.said}
    if following is not None:
        kinds.add(following.kind)
    names = any(token.is_name for token in layout.said)
    return not any(
        token.kind is Kind.NEGATION
        or token.limits
        or token.qualifies
        or token.key in keys
        or (token.kind in VALUES and (token.kind in kinds or _is_unit(following)))
        or (names and token.is_name)
        for token in gap
    )


def _leaves_a_subject(gap: Sequence[Token], following: Token | None) -> bool:
    """Whether what follows is said of something else: of the fine, or of the ban *of France*."""
    if any(token.links & OF for token in gap[:1]):
        return True
    conjoined = any(token.links & _OPENERS for token in gap)
    return conjoined and following is not None and not following.links


def _parts_rivals(layout: Layout) -> bool:
    """Whether a phrase was moved away from a value or name that another could be taken for.

    With two of one kind it would not be sure any more which of them it belongs to, unless there are
    just two phrases and nothing is left out, or each has a preposition of its own, as before.
    """
    numbers = _tile_numbers(layout)
    said = {place: layout.said[at] for at, place in layout.laid.items()}
    for group in _rivals(layout, numbers):
        complete = all(at in said for at in group)
        if len({numbers.get(at) for at in group}) == 1 or (complete and layout.tiles == 2):
            continue
        openers = [_opener(layout.told[at]) for at in group]
        kept = all(
            _opener(said.get(at, layout.told[at])) == _opener(layout.told[at]) for at in group
        )
        if not kept or len(set(openers)) < len(openers):
            return True
    return False


def _opener(token: Token | None) -> str:
    return token.before if token is not None else ""


def _tile_numbers(layout: Layout) -> dict[int, int]:
    """For each place of the sources that is used the number of its tile."""
    ordered = sorted(layout.laid.items())
    numbers = {ordered[0][1]: 0} if ordered else {}
    for (_, before), (_, place) in pairwise(ordered):
        numbers[place] = numbers[before] + (place != before + 1)
    return numbers


def _rivals(layout: Layout, numbers: dict[int, int]) -> list[list[int]]:
    """The places of values of one kind and unit, and those of names, where there are several.

    A value without a unit may be of any: '410 and 660 kilometers'.
    """
    used = {layout.clauses[at] for at in layout.laid.values()}
    groups: dict[tuple[str, str], list[int]] = {}
    for at, token in enumerate(layout.told):
        if token is None or layout.clauses[at] not in used:
            continue
        if token.kind in VALUES:
            following = layout.told[at + 1]
            unit = following.key if following is not None and _is_unit(following) else ""
            groups.setdefault((token.kind, unit), []).append(at)
        elif token.is_name and not _goes_on(layout, numbers, at):
            groups.setdefault(("name", ""), []).append(at)
    joined = [
        group + (groups.get((kind, ""), []) if unit else [])
        for (kind, unit), group in groups.items()
    ]
    return [group for group in joined if len(group) > 1]


def _is_list(gap: Sequence[Token]) -> bool:
    """Other names in a row: 'runs on S3, SQS and Postgres' says that it runs on Postgres."""
    return all(
        token.is_name and (at == 0 or token.paused or token.before in {"", *AND})
        for at, token in enumerate(gap)
    )


def _goes_on(layout: Layout, numbers: dict[int, int], at: int) -> bool:
    """Whether a name goes on here, as a family name does, and was not taken apart."""
    first, token = layout.told[at - 1] if at else None, layout.told[at]
    if first is None or token is None or not first.is_name or token.paused or token.opens:
        return False
    return numbers.get(at - 1) == numbers.get(at)


def _is_unit(token: Token | None) -> bool:
    return token is not None and token.kind is Kind.UNIT
