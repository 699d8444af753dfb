"""Rankings judged: hit, reciprocal rank, recall and nDCG of what is relevant and what is not."""

import math
from collections.abc import Sequence


def hit(relevant: Sequence[bool], k: int) -> float:
    """1 where one of the first k is relevant, else 0."""
    return float(any(relevant[:k]))


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """1 / the rank of the first relevant one, or 0."""
    return next((1 / rank for rank, right in enumerate(relevant, start=1) if right), 0.0)


def recall(relevant: Sequence[bool], k: int, total: int) -> float:
    """The share of all `total` relevant ones that stand among the first k."""
    return sum(relevant[:k]) / total


def ndcg(relevant: Sequence[bool], k: int, total: int) -> float:
    """Discounted gain against the best ranking of `total` relevant ones, at k.

    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques" (2002), with the
    logarithm of 2 and gains of 0 and 1.
    """
    gain = sum(_discount(rank) for rank, right in enumerate(relevant[:k], start=1) if right)
    return gain / sum(_discount(rank) for rank in range(1, min(total, k) + 1))


def _discount(rank: int) -> float:
    return 1 / math.log2(rank + 1)
