"""Outcomes to figures, and two runs to their paired differences."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from footnote.evaluation.bootstrap import Difference, Figure, Resampling, difference, figure
from footnote.evaluation.estimators import Observation
from footnote.evaluation.metrics.every import metrics_of
from footnote.evaluation.metrics.metric import Metric, Unit
from footnote.evaluation.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A metric and its figure."""

    metric: Metric
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A metric and how it changed."""

    metric: Metric
    difference: Difference

    @property
    def verdict(self) -> str:
        """`better`, `worse`, `the same`, or `cannot tell` where the interval holds zero."""
        low, high = self.difference.low, self.difference.high
        if low == high == 0:
            return "the same"
        if low is None or high is None or low <= 0 <= high:
            return "cannot tell"
        return "better" if (low > 0) == self.metric.more_is_better else "worse"


def measure(outcomes: Sequence[Outcome], how: Resampling) -> list[Measured]:
    """Every metric that the outcomes bear on."""
    measured = []
    for metric in metrics_of(outcomes):
        seen = metric.observations(outcomes)
        if seen:
            share = metric.unit is Unit.SHARE
            told = figure(seen, metric.estimate, how, share=share)
            if not math.isnan(told.value):
                measured.append(Measured(metric=metric, figure=told))
    return measured


def compare(old: Sequence[Outcome], new: Sequence[Outcome], how: Resampling) -> list[Compared]:
    """Every metric on the questions that both runs have, as they are asked in both."""
    asked = {outcome.question.question_id: outcome.question for outcome in old}
    same = [one for one in new if asked.get(one.question.question_id) == one.question]
    compared = (compared_by(metric, old, same, how) for metric in metrics_of(same))
    return [one for one in compared if one is not None]


def compared_by(
    metric: Metric, old: Sequence[Outcome], new: Sequence[Outcome], how: Resampling
) -> Compared | None:
    """One metric, on the questions of which both runs say something of it."""
    pairs = _pairs(metric, old, new)
    if not pairs:
        return None
    before, after = zip(*pairs, strict=True)
    change = difference(before, after, metric.estimate, how)
    return None if math.isnan(change.value) else Compared(metric=metric, difference=change)


def _pairs(
    metric: Metric, old: Sequence[Outcome], new: Sequence[Outcome]
) -> list[tuple[Observation, Observation]]:
    before = {one.question_id: one for one in metric.observations(old)}
    after = metric.observations(new)
    return [(before[one.question_id], one) for one in after if one.question_id in before]
