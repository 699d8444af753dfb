"""Splits rows by source document: what is held out shares no document with what is learned."""

import hashlib
from collections.abc import Hashable, Iterable, Sequence

HELD_OUT = 0.2


def held_out(sources: Sequence[Iterable[Hashable]], seed: int, share: float = HELD_OUT) -> set[int]:
    """The rows that are held out, about `share` of all; `sources` are the documents of each.

    Rows that share a document, also by way of others, stay together. Which are held out depends on
    their documents and the seed, not on their order.
    """
    groups = list(_together(sources).values())
    groups.sort(key=lambda rows: _drawn(sources, rows, seed))
    chosen: set[int] = set()
    for rows in groups:
        # A group that is larger than all that is to be held out is learned from.
        if len(chosen) + len(rows) <= round(share * len(sources)):
            chosen.update(rows)
    return chosen


def _drawn(sources: Sequence[Iterable[Hashable]], rows: Sequence[int], seed: int) -> bytes:
    names = sorted({str(name) for row in rows for name in sources[row]})
    return hashlib.sha256("\0".join([str(seed), *names]).encode()).digest()


def _together(sources: Sequence[Iterable[Hashable]]) -> dict[int, list[int]]:
    leader = list(range(len(sources)))

    def first(of: int) -> int:
        while leader[of] != of:
            leader[of] = leader[leader[of]]
            of = leader[of]
        return of

    holder: dict[Hashable, int] = {}
    for row, names in enumerate(sources):
        for name in names:
            early, late = sorted((first(holder.setdefault(name, row)), first(row)))
            leader[late] = early
    groups: dict[int, list[int]] = {}
    for row in range(len(sources)):
        groups.setdefault(first(row), []).append(row)
    return groups
