"""Fusion weights for one index: chosen on some questions, judged on others.

Weights are tried on a grid. Those are chosen whose mean reciprocal rank is best, less a pull to the
default; how strong the pull is to be, folds within the questions to choose by decide. Questions to
judge by take part in neither (nested cross-validation: Varma and Simon 2006, "Bias in error
estimation when using cross-validation for model selection").
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.domain.fusion import DEFAULT_WEIGHTS, Candidate, Weights
from footnote.tuning.folds import Rows, Source, folds_of

type Floats = NDArray[np.float64]
type Ranks = NDArray[np.int64]

STEPS = 20
# How far into the ranking is looked, as `footnote eval` does.
DEPTH = 50
NOT_FOUND = 10**6
# Of mean reciprocal rank for the squared distance from the default; the last allows no change.
PULLS = (0.0, 0.03, 0.1, 0.3, 1.0, 1e9)
# The folds are drawn anew so often: one draw decides less.
REPEATS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedQuestion:
    """A question with what its index chooses from, and the keys of the documents that answer it."""

    source: Source
    candidates: Sequence[Candidate]
    gold: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FusionTrial:
    """Weights chosen by all questions, and ranks of the right document for each question.

    `by_default` is one rank a question; `held_out` one for each drawing of the folds, with weights
    chosen without that question. `chosen_in_folds` are these weights.
    """

    weights: Weights
    by_default: Ranks
    held_out: Ranks
    chosen_in_folds: tuple[Weights, ...]


def try_weights(questions: Sequence[RankedQuestion], seed: int) -> FusionTrial:
    """Choose weights, and judge the way of choosing them; of two documents at least."""
    grid = weight_grid()
    ranks = np.array([document_ranks(question, grid) for question in questions])
    choice = _Choice(
        grid=grid, gains=reciprocal(ranks), sources=[question.source for question in questions]
    )
    every = np.arange(len(questions))
    held_out, chosen = [], []
    for repeat in range(REPEATS):
        judged = np.empty(len(questions), dtype=np.int64)
        for fold in folds_of(choice.sources, every, seed + repeat):
            best = choice.best(fold.chosen_by, seed + repeat)
            judged[fold.judged_by] = ranks[fold.judged_by, best]
            chosen.append(_weights(grid[best]))
        held_out.append(judged)
    return FusionTrial(
        weights=_weights(grid[choice.best(every, seed)]),
        by_default=ranks[:, 0],
        held_out=np.array(held_out),
        chosen_in_folds=tuple(chosen),
    )


def reciprocal(ranks: Ranks) -> Floats:
    """1 / rank; 0 where it was not found."""
    return np.where(ranks < NOT_FOUND, 1 / ranks, 0.0)


def weight_grid() -> Floats:
    """Every way to share 1 out to three in steps, behind the default."""
    shares = [
        (meaning / STEPS, words / STEPS, (STEPS - meaning - words) / STEPS)
        for meaning in range(STEPS + 1)
        for words in range(STEPS + 1 - meaning)
    ]
    return np.array([DEFAULT_WEIGHTS, *shares])


def document_ranks(question: RankedQuestion, grid: Floats) -> Ranks:
    """Where the first right document stands under each weights, counting each document once.

    The order is that of `search.sql`: by score, then by chunk id. Postgres keeps weights as
    floats of 4 bytes.
    """
    candidates = sorted(question.candidates, key=lambda one: one.chunk_id)
    if not candidates:
        return np.full(len(grid), NOT_FOUND)
    kept = grid.astype(np.float32).astype(np.float64)
    scores = np.array([one.scores for one in candidates])
    fused = sum(kept[:, [part]] * scores[:, part] for part in range(3))
    order = np.argsort(-np.asarray(fused), axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(len(candidates))[None, :], axis=1)
    return _first_right(places, [one.key for one in candidates], question.gold)


def _first_right(places: NDArray[np.intp], keys: Sequence[str], gold: frozenset[str]) -> Ranks:
    names, of = np.unique(keys, return_inverse=True)
    by_document = np.argsort(of, kind="stable")
    starts = np.searchsorted(of[by_document], np.arange(len(names)))
    best = np.minimum.reduceat(places[:, by_document], starts, axis=1)
    right = np.isin(names, list(gold))
    if not right.any():
        return np.full(len(places), NOT_FOUND)
    first = best[:, right].min(axis=1)
    ranks = 1 + (best < first[:, None]).sum(axis=1)
    return np.where(first < DEPTH, ranks, NOT_FOUND)


def _weights(row: Floats) -> Weights:
    meaning, words, document = (float(weight) for weight in row)
    return meaning, words, document


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """Every weights on every question: reciprocal ranks of the shape (questions, grid)."""

    grid: Floats
    gains: Floats
    sources: Sequence[Source]

    def best(self, rows: Rows, seed: int) -> int:
        """Which weights these questions choose; the default where they are none."""
        if not len(rows):
            return 0
        return self._pulled(rows, self._pull(rows, seed))

    def _pull(self, rows: Rows, seed: int) -> float:
        """The pull that does best on folds of these questions; the stronger of equals."""
        seen = np.zeros(len(PULLS))
        for fold in folds_of(self.sources, rows, seed):
            if len(fold.chosen_by):
                for at, pull in enumerate(PULLS):
                    chosen = self._pulled(fold.chosen_by, pull)
                    seen[at] += self.gains[fold.judged_by, chosen].sum()
        return PULLS[len(PULLS) - 1 - int(np.argmax(seen[::-1]))]

    def _pulled(self, rows: Rows, pull: float) -> int:
        distance = ((self.grid - self.grid[0]) ** 2).sum(axis=1)
        # A little pull is always there, so that of equals the nearest to the default is taken.
        pulled = self.gains[rows].mean(axis=0) - (pull + 1e-6) * distance
        return int(np.argmax(pulled))
