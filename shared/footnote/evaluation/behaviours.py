"""Behaviours: what a team wants of answers, each with the figure that it is judged by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from footnote.evaluation.arms import Arm, Evidence, evidence_of
from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.estimators import Observation
from footnote.evaluation.metrics.answers import ANSWERS
from footnote.evaluation.metrics.effort import COST
from footnote.evaluation.metrics.form import FORM
from footnote.evaluation.metrics.metric import Metric, observed
from footnote.evaluation.metrics.tone import judged_tone
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.recommending import (
    Advice,
    Recommendation,
    Wanted,
    examples_for,
    recommend,
    recommend_cost,
)


class Behaviour(StrEnum):
    """What is wanted of answers."""

    KNOWLEDGE = "knowledge"
    FORMAT = "format"
    TONE = "tone"
    TERMINOLOGY = "terminology"
    DECLINING = "declining"
    COST = "cost"


# What is good enough where nobody says otherwise.
TARGETS: Mapping[Behaviour, float] = {
    Behaviour.KNOWLEDGE: 0.8,
    Behaviour.FORMAT: 0.98,
    Behaviour.TONE: 0.95,
    Behaviour.TERMINOLOGY: 0.95,
    Behaviour.DECLINING: 0.9,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A behaviour, what arms showed of it, and what to do."""

    behaviour: Behaviour
    metric: Metric
    evidence: Evidence
    wanted: Wanted
    recommendation: Recommendation

    @property
    def examples(self) -> int | None:
        """About how many examples a fine-tuning takes, where that is recommended."""
        tuned = self.recommendation.advice in (Advice.FINE_TUNE, Advice.BOTH)
        if not tuned or self.behaviour is Behaviour.COST:
            return None
        return examples_for(self.wanted.target - self.evidence.levels[Arm.RAG].value)


def _right_to_answer(outcome: Outcome) -> Observation | None:
    """1 where an answerable question is answered, or another one is declined."""
    if outcome.said is None:
        return None
    return observed(outcome, float(outcome.said.answered is outcome.question.answerable))


_METRICS: Mapping[Behaviour, Metric] = {
    Behaviour.KNOWLEDGE: ANSWERS[0],
    Behaviour.FORMAT: FORM[0],
    Behaviour.DECLINING: Metric(
        group="declining", name="rightly answered or declined", observe=_right_to_answer
    ),
    Behaviour.COST: COST[0],
}


def judge_behaviours(
    runs: Mapping[Arm, Sequence[Outcome]],
    rules: Mapping[Behaviour, Metric],
    wanted: Mapping[Behaviour, Wanted],
    how: Resampling,
) -> list[Judged]:
    """Every behaviour that the runs bear on; `rules` are the figures of a team's own rules.

    Tone is what one model judged in all runs, where there is no rule of it.
    """
    opinion = judged_tone(runs.values())
    metrics = {**_METRICS, **({Behaviour.TONE: opinion} if opinion else {}), **rules}
    evidence = {
        behaviour: evidence_of(metrics[behaviour], runs, how)
        for behaviour in Behaviour
        if behaviour in metrics
    }
    judged = []
    for behaviour, shown in evidence.items():
        if shown is None:
            continue
        asked = wanted[behaviour]
        if behaviour is Behaviour.COST:
            advice = recommend_cost(shown, evidence[Behaviour.KNOWLEDGE], asked)
        else:
            advice = recommend(shown, asked)
        judged.append(
            Judged(
                behaviour=behaviour,
                metric=metrics[behaviour],
                evidence=shown,
                wanted=asked,
                recommendation=advice,
            )
        )
    return judged


def wanted_of(
    targets: Mapping[Behaviour, float] | None = None, wanted: Wanted | None = None
) -> dict[Behaviour, Wanted]:
    """What is wanted of each behaviour, where a team's own targets go before the usual ones."""
    known = {**TARGETS, **(targets or {})}
    usual = wanted or Wanted()
    return {one: replace(usual, target=known.get(one, usual.target)) for one in Behaviour}
