"""Folds of a question set, so that what is chosen on one part is judged on another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Rows = NDArray[np.intp]

FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a question comes from: the documents that answer it, and the one it was made from."""

    cluster: str
    documents: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Questions to judge by, and those to choose by: they share no document with the first."""

    chosen_by: Rows
    judged_by: Rows


def folds_of(sources: Sequence[Source], rows: Rows, seed: int) -> Iterator[Fold]:
    """Each of these rows is judged by once; all questions of one document in the same fold.

    A question that several documents answer is left out of what a fold is chosen by where one of
    them answers a question that the fold is judged by.
    """
    for judged_by in _parts(sources, rows, seed):
        known = frozenset().union(*(_names(sources[row]) for row in judged_by))
        chosen_by = [row for row in rows if known.isdisjoint(_names(sources[row]))]
        yield Fold(chosen_by=np.array(chosen_by, dtype=np.intp), judged_by=judged_by)


def _names(source: Source) -> frozenset[str]:
    return source.documents | {source.cluster}


def _parts(sources: Sequence[Source], rows: Rows, seed: int) -> list[Rows]:
    """Whole clusters, in an order drawn by the seed, each into the smallest part so far."""
    clusters: dict[str, list[int]] = {}
    for row in rows:
        clusters.setdefault(sources[row].cluster, []).append(int(row))
    names = sorted(clusters)
    parts: list[list[int]] = [[] for _ in range(min(FOLDS, len(names)))]
    for drawn in np.random.default_rng(seed).permutation(len(names)):
        min(parts, key=len).extend(clusters[names[drawn]])
    return [np.array(part, dtype=np.intp) for part in parts]
