"""Simulated users with a known truth: what each arm would reach on questions without end.

Nobody's data: successes are drawn from a formula, with documents and questions of which some are
harder than others for every arm alike.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from footnote.evaluation.arms import Arm, Evidence, evidence_of
from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.estimators import Observation
from footnote.evaluation.metrics.metric import Metric
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.recommending import Advice, Wanted
from tests.outcomes import outcome, question, said

WANTED = Wanted()
# Shares of how hard a question is that come from its document, and from itself.
_DOCUMENT, _QUESTION = 0.15, 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedUser:
    """Questions of documents, each arm's true share, and what is right to do by these."""

    questions: int
    documents: int
    truth: Mapping[Arm, float]
    right: Advice


def users(
    count: int, source: np.random.Generator, sizes: tuple[int, int]
) -> Iterator[SimulatedUser]:
    """Users of each kind in turn, with sets of some size."""
    kinds = (Advice.RAG_IS_ENOUGH, Advice.FIX_THE_PROMPT, Advice.FINE_TUNE, Advice.BOTH)
    for at in range(count):
        right = kinds[at % len(kinds)]
        questions = int(source.integers(*sizes))
        yield SimulatedUser(
            questions=questions,
            documents=max(2, questions // int(source.integers(3, 7))),
            truth=_truth(right, source),
            right=right,
        )


def _truth(right: Advice, source: np.random.Generator) -> dict[Arm, float]:
    """True shares that are right for one advice, clear of the borders between two."""
    if right is Advice.RAG_IS_ENOUGH:
        rag = source.uniform(WANTED.target + 0.02, 0.98)
        tuned, both = source.uniform(0.3, 0.98, 2)
    else:
        rag = source.uniform(0.35, WANTED.target - 0.2)
        gain = source.uniform(WANTED.worth + 0.05, 0.95 - rag)
    if right is Advice.FIX_THE_PROMPT:
        tuned, both = rag - source.uniform(0, 0.3), rag + source.uniform(-0.1, 0.01)
    elif right is Advice.FINE_TUNE:
        tuned, both = rag + gain, rag + gain + source.uniform(-0.2, 0.01)
    elif right is Advice.BOTH:
        tuned, both = rag + gain - source.uniform(0.15, 0.4), rag + gain
    base = source.uniform(0.05, 0.3)
    return {Arm.BASE: base, Arm.RAG: rag, Arm.FINE_TUNED: tuned, Arm.BOTH: both}


def seen_of(user: SimulatedUser, source: np.random.Generator) -> Evidence:
    """What a user's set shows."""
    of = source.integers(user.documents, size=user.questions)
    hard = source.normal(size=user.documents)[of] * _DOCUMENT**0.5
    hard += source.normal(size=user.questions) * _QUESTION**0.5
    own = (1 - _DOCUMENT - _QUESTION) ** 0.5
    runs: dict[Arm, list[Outcome]] = {}
    for arm, share in user.truth.items():
        drawn = hard + source.normal(size=user.questions) * own
        right = drawn < NormalDist().inv_cdf(min(0.995, max(0.005, share)))
        runs[arm] = [
            outcome(question(f"q{at}", gold=(f"{of[at]}.md",)), reply=said(str(int(one))))
            for at, one in enumerate(right)
        ]
    evidence = evidence_of(_METRIC, runs, Resampling(seed=int(source.integers(1 << 30))))
    assert evidence
    return evidence


def _value(outcome: Outcome) -> Observation | None:
    assert outcome.said
    return Observation(
        question_id=outcome.question.question_id,
        cluster=outcome.question.cluster,
        value=float(outcome.said.answer),
    )


_METRIC = Metric(group="simulated", name="right", observe=_value)
