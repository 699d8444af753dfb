"""Passages as a model reads them: with what stands beside them, within a budget of tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from footnote.answering.token_count import count_tokens
from footnote.domain.passage import Part, Passage

# Between two chunks of a document's text; see `domain.chunk.Chunk`.
_SEPARATOR = "\n\n"

type _Place = tuple[str, int]


def in_context(passages: Sequence[Passage], budget: int) -> tuple[Passage, ...]:
    """All passages, best first, with the chunks beside them; those that touch become one.

    The passages themselves take from the `budget` of tokens first; what is left is filled with
    what stands beside the best ones.
    """
    taken = {_place(passage, passage.ordinal): passage.as_part() for passage in passages}
    left = budget - sum(count_tokens(part.text) for part in taken.values())
    for place, part in _beside(passages):
        size = count_tokens(part.text)
        if place not in taken and size <= left:
            taken[place] = part
            left -= size
    return tuple(_merged(passages, taken))


def _beside(passages: Sequence[Passage]) -> Iterator[tuple[_Place, Part]]:
    """What stands beside each passage, in the order of its worth."""
    for passage in passages:
        # What comes after is read on; what came before is only looked back at.
        for part in sorted(passage.beside, key=lambda part: -part.ordinal):
            yield _place(passage, part.ordinal), part


def _place(passage: Passage, ordinal: int) -> _Place:
    return passage.document_id, ordinal


def _merged(passages: Sequence[Passage], taken: dict[_Place, Part]) -> Iterator[Passage]:
    """A run of chunks of one section is one passage, in the place of its best chunk."""
    done: set[_Place] = set()
    for passage in passages:
        if _place(passage, passage.ordinal) in done:
            continue
        akin = [one for one in passages if _in_one_section(one, passage)]
        known = {part.ordinal for one in akin for part in (one.as_part(), *one.beside)}
        section = {ordinal for ordinal in known if _place(passage, ordinal) in taken}
        run = _run_around(passage.ordinal, section)
        done |= {_place(passage, ordinal) for ordinal in run}
        yield _joined(passage, tuple(taken[_place(passage, ordinal)] for ordinal in run))


def _joined(passage: Passage, parts: tuple[Part, ...]) -> Passage:
    if len(parts) == 1:
        return replace(passage, beside=())
    return replace(
        passage,
        page=parts[0].page,
        start=parts[0].start,
        text=_SEPARATOR.join(part.text for part in parts),
        beside=(),
        parts=parts,
    )


def _in_one_section(one: Passage, other: Passage) -> bool:
    return (one.document_id, one.heading_path) == (other.document_id, other.heading_path)


def _run_around(ordinal: int, known: set[int]) -> range:
    first = last = ordinal
    while first - 1 in known:
        first -= 1
    while last + 1 in known:
        last += 1
    return range(first, last + 1)
