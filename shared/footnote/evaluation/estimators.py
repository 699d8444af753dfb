"""Figures of many questions at once: means, quantiles and AUROC under many weightings.

Each takes observations and weights of the shape (weightings, observations), and returns one figure
a weighting; where a weighting leaves nothing to measure, the figure is NaN.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one question says about a figure.

    `of` is what `value` is a part of, where that is not 1: citations of an answer, say. `positive`
    is the class of a question whose value is a score.
    """

    question_id: str
    cluster: str
    value: float
    of: float = 1.0
    positive: bool = False


type Estimator = Callable[[Sequence[Observation], Floats], Floats]


def mean(observations: Sequence[Observation], weights: Floats) -> Floats:
    """The sum of the values over the sum of what they are parts of."""
    parts = weights @ np.array([one.value for one in observations])
    wholes = weights @ np.array([one.of for one in observations])
    return _share(parts, wholes)


def quantile(share: float) -> Estimator:
    """The smallest value that at least this share (0..1) of the observations do not exceed."""

    def estimate(observations: Sequence[Observation], weights: Floats) -> Floats:
        values = np.array([one.value for one in observations])
        order = np.argsort(values, kind="stable")
        below = np.cumsum(weights[:, order], axis=1)
        reached = below >= share * below[:, -1:] - 1e-9
        return np.asarray(values[order][np.argmax(reached, axis=1)], dtype=np.float64)

    return estimate


def auroc(observations: Sequence[Observation], weights: Floats) -> Floats:
    """How often a positive one scores above a negative one; ties count half."""
    scores = np.array([one.value for one in observations])
    positive = np.array([one.positive for one in observations])
    order = np.argsort(scores, kind="stable")
    _, starts = np.unique(scores[order], return_index=True)
    sorted_weights, sorted_positive = weights[:, order], positive[order]
    right = np.add.reduceat(sorted_weights * sorted_positive, starts, axis=1)
    wrong = np.add.reduceat(sorted_weights * ~sorted_positive, starts, axis=1)
    below = np.cumsum(wrong, axis=1) - wrong
    won = (right * (below + wrong / 2)).sum(axis=1)
    return _share(won, right.sum(axis=1) * wrong.sum(axis=1))


def _share(parts: Floats, wholes: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(wholes > 0, parts / wholes, np.nan)
