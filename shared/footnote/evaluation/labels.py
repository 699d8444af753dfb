"""Figures of a classifier: accuracy, macro F1, calibration error, each with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.evaluation.bootstrap import Figure, Resampling, figure
from footnote.evaluation.estimators import Estimator, Floats, Observation, mean

CALIBRATION_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """Held-out probabilities, a row for each text, with the places of the right labels.

    `groups` are texts that are drawn together.
    """

    likely: NDArray[np.float64]
    labels: NDArray[np.intp]
    groups: Sequence[int]

    @property
    def said(self) -> NDArray[np.intp]:
        """The likeliest label of each text."""
        return np.asarray(self.likely.argmax(axis=1), dtype=np.intp)

    @property
    def right(self) -> NDArray[np.float64]:
        """1 where that is the right one."""
        return np.asarray(self.said == self.labels, dtype=np.float64)


def label_figures(told: Predictions, how: Resampling) -> dict[str, Figure]:
    """Each figure by its name."""
    rows = _observations(told)
    return {
        "accuracy": figure(rows, mean, how, share=True),
        "macro F1": figure(rows, macro_f1(told), how, share=True),
        "ECE": figure(rows, calibration_error(told), how, share=True),
    }


def macro_f1(told: Predictions) -> Estimator:
    """The mean of the F1 of each label that a text has."""
    labels = sorted(set(told.labels.tolist()))
    hits = np.array([(told.labels == one) & (told.said == one) for one in labels], dtype=float)
    both = np.array([(told.labels == one) * 1.0 + (told.said == one) for one in labels])

    def estimate(_: Sequence[Observation], weights: Floats) -> Floats:
        found, every = weights @ hits.T, weights @ both.T
        with np.errstate(invalid="ignore", divide="ignore"):
            scores = np.where(every > 0, 2 * found / every, np.nan)
        return np.asarray(np.nanmean(scores, axis=1))

    return estimate


def calibration_error(told: Predictions) -> Estimator:
    """How far confidence is from being right, over ten bins that hold as many texts each.

    Naeini, Cooper and Hauskrecht 2015, "Obtaining Well Calibrated Probabilities Using Bayesian
    Binning", with bins of equal mass.
    """
    sure = told.likely.max(axis=1)
    parts = np.array_split(np.argsort(sure, kind="stable"), min(CALIBRATION_BINS, len(sure)))
    gaps = np.zeros((len(parts), len(sure)))
    for at, part in enumerate(parts):
        gaps[at, part] = sure[part] - told.right[part]

    def estimate(_: Sequence[Observation], weights: Floats) -> Floats:
        return np.asarray(np.abs(weights @ gaps.T).sum(axis=1) / weights.sum(axis=1))

    return estimate


def confusion(told: Predictions) -> NDArray[np.int64]:
    """How many texts of each label (rows) were said to have which (columns)."""
    size = told.likely.shape[1]
    table = np.zeros((size, size), dtype=np.int64)
    np.add.at(table, (told.labels, told.said), 1)
    return table


def _observations(told: Predictions) -> list[Observation]:
    return [
        Observation(question_id=str(at), cluster=str(group), value=float(right))
        for at, (group, right) in enumerate(zip(told.groups, told.right, strict=True))
    ]
