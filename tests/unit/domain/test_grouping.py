"""Pairs to groups."""

from footnote.domain.grouping import together


def test_what_is_paired_by_way_of_others_is_one_group_named_by_its_smallest_place() -> None:
    """However the pairs come."""
    pairs = [(4, 5), (1, 3), (3, 5), (6, 6)]

    assert together(7, pairs) == together(7, reversed(pairs)) == [0, 1, 2, 1, 1, 1, 6]
