"""A calibration for one index: how likely its documents speak of a question, given the evidence.

A logistic model, fitted by Newton's method (Hastie, Tibshirani and Friedman 2009, "The Elements of
Statistical Learning", section 4.4.1), with a pull to the calibration that is known for the
embedding model, or to no effect where none is. Both kinds of questions weigh the same, however
many they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.domain.passage import Evidence
from footnote.tuning.folds import Rows, Source, folds_of

type Floats = NDArray[np.float64]
type Coefficients = tuple[float, ...]

# Of the mean log loss for a change by one standard deviation, squared.
PULLS = (0.001, 0.003, 0.01, 0.03, 0.1)
_NEWTON_STEPS = 50
_CLOSE = 1e-10
# Probabilities are kept from 0 and 1 by so much: one sure mistake must not outweigh a set.
_LEAST = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedQuestion:
    """A question's evidence, and whether the documents speak of it."""

    source: Source
    evidence: Evidence
    in_corpus: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationTrial:
    """Coefficients fitted to all questions, and for each those fitted without it."""

    calibration: Coefficients
    held_out: tuple[Coefficients, ...]


def try_calibration(
    questions: Sequence[JudgedQuestion], prior: Coefficients | None, seed: int
) -> CalibrationTrial:
    """Fit a calibration, and judge the way of fitting it; both kinds of questions are needed."""
    fitting = _Fitting(questions, prior)
    every = np.arange(len(questions))
    held_out: dict[int, Coefficients] = {}
    for fold in folds_of(fitting.sources, every, seed):
        coefficients = fitting.fitted(fold.chosen_by, fitting.pull(fold.chosen_by, seed))
        held_out |= dict.fromkeys(map(int, fold.judged_by), tuple(coefficients.tolist()))
    final = fitting.fitted(every, fitting.pull(every, seed))
    return CalibrationTrial(
        calibration=tuple(final.tolist()),
        held_out=tuple(held_out[row] for row in range(len(questions))),
    )


def log_loss(probability: float, *, in_corpus: bool) -> float:
    """What a probability costs, given how it was."""
    likely = probability if in_corpus else 1 - probability
    return -float(np.log(max(likely, _LEAST)))


class _Fitting:
    """Coefficients of cosine, coverage, bm25 and margin, and the intercept."""

    def __init__(self, questions: Sequence[JudgedQuestion], prior: Coefficients | None) -> None:
        self.sources = [question.source for question in questions]
        self._figures = np.array(
            [
                (one.evidence.cosine, one.evidence.coverage, one.evidence.bm25, one.evidence.margin)
                for one in questions
            ]
        )
        self._in_corpus = np.array([float(question.in_corpus) for question in questions])
        self._prior = np.array(prior or (0.0,) * 5)

    def pull(self, rows: Rows, seed: int) -> float:
        """The pull that does best on folds of these questions."""
        cost = np.zeros(len(PULLS))
        for fold in folds_of(self.sources, rows, seed):
            shares = self._shares(fold.judged_by)
            for at, pull in enumerate(PULLS):
                odds = self._log_odds(fold.judged_by, self.fitted(fold.chosen_by, pull))
                wrong = np.where(self._said(fold.judged_by), -odds, odds)
                cost[at] += shares @ np.logaddexp(0, wrong)
        return PULLS[int(np.argmin(cost))]

    def fitted(self, rows: Rows, pull: float) -> Floats:
        """The coefficients with the least cost on these questions; the prior without both kinds."""
        said = self._in_corpus[rows]
        if not len(rows) or said.min() == said.max():
            return self._prior
        # In units of the spread of each figure, so that one pull fits all of them.
        spread = self._figures[rows].std(axis=0)
        spread[spread == 0] = 1.0
        scale = np.append(spread, 1.0)
        design: Floats = np.column_stack([self._figures[rows], np.ones(len(rows))]) / scale
        fitted = _newton(design, said, self._shares(rows), self._prior * scale, pull)
        return np.asarray(fitted / scale)

    def _log_odds(self, rows: Rows, coefficients: Floats) -> Floats:
        return np.asarray(self._figures[rows] @ coefficients[:-1] + coefficients[-1])

    def _said(self, rows: Rows) -> NDArray[np.bool_]:
        return np.asarray(self._in_corpus[rows] > 0)

    def _shares(self, rows: Rows) -> Floats:
        """What each question weighs: half of all for each kind."""
        said = self._said(rows)
        return np.where(said, 0.5 / max(1, int(said.sum())), 0.5 / max(1, int((~said).sum())))


def _newton(design: Floats, said: Floats, shares: Floats, prior: Floats, pull: float) -> Floats:
    """The least of the mean log loss and the pull to the prior, which the intercept is free of."""
    pulls = np.array([pull] * (design.shape[1] - 1) + [0.0])
    at = prior.copy()

    def cost(where: Floats) -> float:
        odds = design @ where
        loss = shares @ (np.logaddexp(0, odds) - said * odds)
        return float(loss + pulls @ (where - prior) ** 2)

    for _ in range(_NEWTON_STEPS):
        likely = 1 / (1 + np.exp(-np.clip(design @ at, -500, 500)))
        gradient = design.T @ (shares * (likely - said)) + 2 * pulls * (at - prior)
        bend = (design.T * (shares * likely * (1 - likely))) @ design + np.diag(2 * pulls + 1e-12)
        step = np.linalg.solve(bend, gradient)
        size, now = 1.0, cost(at)
        while cost(at - size * step) > now and size > _CLOSE:
            size /= 2
        at = at - size * step
        if np.abs(size * step).max() < _CLOSE:
            break
    return at
