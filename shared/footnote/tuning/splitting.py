"""Splits rows by source document: what is held out shares no document with what is learned."""

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

from footnote.domain.grouping import together

HELD_OUT = 0.2


def held_out(sources: Sequence[Iterable[Hashable]], seed: int, share: float = HELD_OUT) -> set[int]:
    """The rows that are held out, about `share` of all; `sources` are the documents of each.

    Rows that share a document, also by way of others, stay together. Which are held out depends on
    their documents and the seed, not on their order.
    """
    groups = sorted(_tied(sources), key=lambda rows: _drawn(sources, rows, seed))
    chosen: set[int] = set()
    for rows in groups:
        # A group that is larger than all that is to be held out is learned from.
        if len(chosen) + len(rows) <= round(share * len(sources)):
            chosen.update(rows)
    return chosen


def _drawn(sources: Sequence[Iterable[Hashable]], rows: Sequence[int], seed: int) -> bytes:
    names = sorted({str(name) for row in rows for name in sources[row]})
    return hashlib.sha256("\0".join([str(seed), *names]).encode()).digest()


def _tied(sources: Sequence[Iterable[Hashable]]) -> list[list[int]]:
    holder: dict[Hashable, int] = {}
    sharing = (
        (holder.setdefault(name, row), row) for row, names in enumerate(sources) for name in names
    )
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for row, group in enumerate(together(len(sources), sharing)):
        groups[group].append(row)
    return list(groups.values())
