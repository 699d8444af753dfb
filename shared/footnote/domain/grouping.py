"""Puts what is tied to each other in pairs into groups."""

from collections.abc import Iterable


def together(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """The group of each of `count` places, by the group's smallest place.

    Places of a pair share a group, also by way of others (a union-find with path halving).
    """
    leader = list(range(count))

    def first(of: int) -> int:
        while leader[of] != of:
            leader[of] = leader[leader[of]]
            of = leader[of]
        return of

    for one, other in pairs:
        early, late = sorted((first(one), first(other)))
        leader[late] = early
    return [first(at) for at in range(count)]
