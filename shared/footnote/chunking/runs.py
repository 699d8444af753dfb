"""Neighbouring blocks filled into runs that each become the text of one chunk."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from footnote.domain.element import Element, ElementKind

# A line like 'The following options exist:' up to this length goes with what it announces.
_LEAD_IN_CHARS = 200


def joined_text(blocks: Sequence[Element]) -> str:
    """The blocks' text: the items of a list on neighbouring lines, all else by a blank line."""
    parts = [blocks[0].text]
    for above, block in pairwise(blocks):
        parts += (_separator(above, block), block.text)
    return "".join(parts)


def offsets(blocks: Sequence[Element]) -> list[int]:
    """Where each block begins in their joined text."""
    found = [0]
    for above, block in pairwise(blocks):
        found.append(found[-1] + len(above.text) + len(_separator(above, block)))
    return found


def runs(
    blocks: Iterable[Element], *, target: int, limit: int, tiny: int
) -> Iterator[list[Element]]:
    """Runs of at most `target` characters, or of one block above it.

    A last run under `tiny` characters goes with the one before, where both stay within `limit`.
    """
    ready: list[Element] = []
    run: list[Element] = []
    size = 0
    for block in blocks:
        grown = size + _added(run, block)
        if run and grown > target:
            closed, run = _divided(run, block, limit)
            if closed and ready:
                yield ready
            ready = closed or ready
            grown = _size(run) + _added(run, block)
        run.append(block)
        size = grown
    if ready and run and size < tiny and _size(ready) + _added(ready, run[0]) + size <= limit:
        ready, run = ready + run, []
    yield from (full for full in (ready, run) if full)


def _separator(above: Element, block: Element) -> str:
    listed = above.kind is block.kind is ElementKind.LIST_ITEM
    return "\n" if listed else "\n\n"


def _added(run: list[Element], block: Element) -> int:
    return len(block.text) + (len(_separator(run[-1], block)) if run else 0)


def _size(run: list[Element]) -> int:
    return len(joined_text(run)) if run else 0


def _divided(run: list[Element], block: Element, limit: int) -> tuple[list[Element], list[Element]]:
    """The run without its lead-in, and the lead-in where it fits before the next block."""
    at = len(run)
    while at > 0 and _leads_in(run[at - 1], run[at] if at < len(run) else block):
        at -= 1
    carried = run[at:]
    if carried and _size(carried) + _added(carried, block) > limit:
        return run, []
    return run[:at], carried


def _leads_in(block: Element, below: Element) -> bool:
    if block.kind is ElementKind.TITLE:
        return True
    prose = block.kind in (ElementKind.TEXT, ElementKind.LIST_ITEM)
    if not prose or len(block.text) > _LEAD_IN_CHARS:
        return False
    caption = below.kind in (ElementKind.CODE, ElementKind.TABLE) and block.text[-1] not in ".!?"
    return caption or block.text.endswith(":")
