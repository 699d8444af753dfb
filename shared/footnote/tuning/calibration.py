"""A calibration for one index: how likely its documents speak of a question, given the evidence.

A logistic model, fitted by Newton's method (Hastie, Tibshirani and Friedman 2009, "The Elements of
Statistical Learning", section 4.4.1), with a pull to the calibration that is known for the
embedding model, or to no effect where none is. Both kinds of questions weigh the same, however
many they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.domain.passage import Evidence
from footnote.tuning.folds import Fold, Rows, Source, folds_of

type Floats = NDArray[np.float64]
type Coefficients = tuple[float, ...]

# Of the mean log loss for a change by one standard deviation, squared. What is known was fitted to
# many subjects, which a few must not outweigh: the next one may be nearer to the documents.
PULLS = (0.001, 0.003, 0.01, 0.03, 0.1)
PULLS_TO_KNOWN = (0.03, 0.1, 0.3, 1.0)
_NEWTON_STEPS = 50
_CLOSE = 1e-10
# Probabilities are kept from 0 and 1 by so much: one sure mistake must not outweigh a set.
_LEAST = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedQuestion:
    """A question's evidence, and whether the documents speak of it.

    `subject` is what else it is about, where it is another knowledge base's.
    """

    source: Source
    evidence: Evidence
    in_corpus: bool
    subject: str = ""


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
    for fold in fitting.folds(every, seed):
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
        self._questions = questions
        self._figures = np.array(
            [
                (one.evidence.cosine, one.evidence.coverage, one.evidence.bm25, one.evidence.margin)
                for one in questions
            ]
        )
        self._in_corpus = np.array([float(question.in_corpus) for question in questions])
        self._known = prior is not None
        self._pulls = PULLS_TO_KNOWN if self._known else PULLS
        self._prior = np.array(prior or (0.0,) * 5)

    def folds(self, rows: Rows, seed: int) -> Iterator[Fold]:
        """Folds of these questions; where there are several other subjects, each stays whole.

        What tells one subject from the documents need not tell the next one.
        """
        subjects = {self._questions[row].subject for row in rows} - {""}
        sources = [
            Source(cluster=f"subject {one.subject}", documents=frozenset())
            if one.subject and len(subjects) > 1
            else one.source
            for one in self._questions
        ]
        return folds_of(sources, rows, seed)

    def pull(self, rows: Rows, seed: int) -> float:
        """The pull that does best on folds of these questions."""
        cost = np.zeros(len(self._pulls))
        for fold in self.folds(rows, seed):
            shares = self._shares(fold.judged_by)
            for at, pull in enumerate(self._pulls):
                odds = self._log_odds(fold.judged_by, self.fitted(fold.chosen_by, pull))
                wrong = np.where(self._said(fold.judged_by), -odds, odds)
                cost[at] += shares @ np.logaddexp(0, wrong)
        return self._pulls[int(np.argmin(cost))]

    def fitted(self, rows: Rows, pull: float) -> Floats:
        """The coefficients with the least cost on these questions; the prior without both kinds."""
        said = self._in_corpus[rows]
        if not len(rows) or said.min() == said.max():
            return self._prior
        # From the mean of each figure and in units of its spread, so that one pull fits all.
        figures, shares = self._figures[rows], self._shares(rows)
        middle, spread = shares @ figures, figures.std(axis=0)
        spread[spread == 0] = 1.0
        design: Floats = np.column_stack([(figures - middle) / spread, np.ones(len(rows))])
        slopes, intercept = self._prior[:-1], self._prior[-1]
        prior = np.append(slopes * spread, intercept + slopes @ middle)
        pulls = np.append(np.full(len(slopes), pull), pull if self._known else 0.0)
        fitted = _newton(design, said, shares, Prior(at=prior, pulls=pulls))
        slopes = fitted[:-1] / spread
        return np.append(slopes, fitted[-1] - slopes @ middle)

    def _log_odds(self, rows: Rows, coefficients: Floats) -> Floats:
        return np.asarray(self._figures[rows] @ coefficients[:-1] + coefficients[-1])

    def _said(self, rows: Rows) -> NDArray[np.bool_]:
        return np.asarray(self._in_corpus[rows] > 0)

    def _shares(self, rows: Rows) -> Floats:
        """What each question weighs: half of all for each kind."""
        said = self._said(rows)
        return np.where(said, 0.5 / max(1, int(said.sum())), 0.5 / max(1, int((~said).sum())))


@dataclass(frozen=True, slots=True)
class Prior:
    """Coefficients that are known, and how much it costs to be elsewhere, for each."""

    at: Floats
    pulls: Floats


def _newton(design: Floats, said: Floats, shares: Floats, prior: Prior) -> Floats:
    """The least of the mean log loss and the pull to the prior."""
    at = prior.at.copy()

    def cost(where: Floats) -> float:
        odds = design @ where
        loss = shares @ (np.logaddexp(0, odds) - said * odds)
        return float(loss + prior.pulls @ (where - prior.at) ** 2)

    for _ in range(_NEWTON_STEPS):
        likely = 1 / (1 + np.exp(-np.clip(design @ at, -500, 500)))
        gradient = design.T @ (shares * (likely - said)) + 2 * prior.pulls * (at - prior.at)
        bend = (design.T * (shares * likely * (1 - likely))) @ design + np.diag(
            2 * prior.pulls + 1e-12
        )
        step = np.linalg.solve(bend, gradient)
        size, now = 1.0, cost(at)
        while cost(at - size * step) > now and size > _CLOSE:
            size /= 2
        at = at - size * step
        if np.abs(size * step).max() < _CLOSE:
            break
    return at
