"""A classifier on embeddings: learned, calibrated, and judged on texts that took no part.

Multinomial logistic regression with a pull of the weights to zero, which folds inside choose. Texts
that ask the same are in one fold. Probabilities are calibrated by one temperature (Guo et al. 2017,
"On Calibration of Modern Neural Networks"), fitted to held-out scores of the other folds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.tuning.descent import Floats, least
from footnote.tuning.folds import Rows, Source, folds_of

# Of the mean log loss for the squared length of the weights.
PULLS = (0.01, 0.003, 0.001, 0.0003)
_STEPS = 60
_TEMPERATURES = np.exp(np.linspace(-2.0, 2.0, 81))


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Embeddings, a row for each text, with the place of its label, and which texts are alike."""

    vectors: NDArray[np.float64]
    labels: NDArray[np.intp]
    groups: Sequence[int]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierTrial:
    """Weights learned from all texts, with intercepts behind them, and held-out probabilities.

    `uncalibrated` are those at the temperature of 1; `threshold` is the lowest confidence from
    which on held-out labels are right as often as was asked for, and above 1 where there is none;
    where all are, it is no higher than what was asked for.
    """

    weights: NDArray[np.float64]
    temperature: float
    threshold: float
    uncalibrated: NDArray[np.float64]
    calibrated: NDArray[np.float64]


def try_classifier(examples: Examples, wanted: float, seed: int) -> ClassifierTrial:
    """Learn from all examples, and judge the way of learning; `wanted` is a share (0..1)."""
    every = np.arange(len(examples.labels))
    scores = np.zeros((len(every), examples.count))
    folds = list(folds_of(_sources(examples), every, seed))
    for fold in folds:
        weights = _learned(examples, fold.chosen_by, _pull(examples, fold.chosen_by, seed))
        scores[fold.judged_by] = _scores(examples.vectors[fold.judged_by], weights)
    calibrated = np.empty_like(scores)
    for fold in folds:
        others = np.setdiff1d(every, fold.judged_by)
        heat = _temperature(scores[others], examples.labels[others])
        calibrated[fold.judged_by] = _likely(scores[fold.judged_by] / heat)
    return ClassifierTrial(
        weights=_learned(examples, every, _pull(examples, every, seed)),
        temperature=_temperature(scores, examples.labels),
        threshold=_threshold(calibrated, examples.labels, wanted),
        uncalibrated=_likely(scores),
        calibrated=calibrated,
    )


def _sources(examples: Examples) -> list[Source]:
    return [Source(cluster=str(one), documents=frozenset()) for one in examples.groups]


def _pull(examples: Examples, rows: Rows, seed: int) -> float:
    """The pull with the least loss on folds of these texts."""
    loss = np.zeros(len(PULLS))
    for fold in folds_of(_sources(examples), rows, seed):
        weights = None
        for at, pull in enumerate(PULLS):
            weights = _learned(examples, fold.chosen_by, pull, weights)
            scores = _scores(examples.vectors[fold.judged_by], weights)
            loss[at] += _log_loss(scores, examples.labels[fold.judged_by])
    return PULLS[int(np.argmin(loss))]


def _learned(
    examples: Examples, rows: Rows, pull: float, start: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Weights and intercepts with the least loss on these texts, a row for each label."""
    vectors = np.column_stack([examples.vectors[rows], np.ones(len(rows))])
    right = np.eye(examples.count)[examples.labels[rows]]
    pulls = np.full(vectors.shape[1], pull)
    pulls[-1] = 1e-6

    def loss(weights: Floats) -> tuple[float, Floats]:
        likely = _likely(np.asarray(vectors @ weights.T, dtype=np.float64))
        cost = -np.log(np.maximum((likely * right).sum(axis=1), 1e-300)).mean()
        slope = (likely - right).T @ vectors / len(vectors) + 2 * pulls * weights
        return float(cost + (pulls * weights**2).sum()), slope

    begin = np.zeros((examples.count, vectors.shape[1])) if start is None else start
    return np.asarray(least(loss, begin, steps=_STEPS), dtype=np.float64)


def _scores(vectors: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(vectors @ weights[:, :-1].T + weights[:, -1])


def _likely(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    parts = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(parts / parts.sum(axis=1, keepdims=True))


def _log_loss(scores: NDArray[np.float64], labels: Rows) -> float:
    """The sum over these texts."""
    likely = _likely(scores)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(likely, 1e-300)).sum())


def _temperature(scores: NDArray[np.float64], labels: Rows) -> float:
    losses = [_log_loss(scores / heat, labels) for heat in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def _threshold(likely: NDArray[np.float64], labels: Rows, wanted: float) -> float:
    sure = likely.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    right = (likely.argmax(axis=1) == labels)[order]
    shares = np.cumsum(right) / np.arange(1, len(right) + 1)
    good = np.flatnonzero(shares >= wanted)
    if not len(good):
        return 1.01
    lowest = float(sure[order][good[-1]])
    # Where no held-out text speaks for abstaining, calibrated confidence does: the lowest that was
    # seen may be 1 to four places, and a text of 0.9999 would get no label.
    return min(lowest, wanted) if good[-1] == len(right) - 1 else lowest
