"""Declining: what was declined that should be, what should not, and how well the score tells."""

from collections.abc import Callable

from footnote.evaluation.estimators import Observation, auroc
from footnote.evaluation.metrics.metric import Metric, observed
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.question_set import Origin


def _declined(origin: Origin, *, answerable: bool) -> Callable[[Outcome], Observation | None]:
    def observe(outcome: Outcome) -> Observation | None:
        question, said = outcome.question, outcome.said
        if said is None or (question.origin, question.answerable) != (origin, answerable):
            return None
        return observed(outcome, float(not said.answered))

    return observe


def _score(origin: Origin) -> Callable[[Outcome], Observation | None]:
    """The score of own answerable questions against unanswerable ones of this origin."""

    def observe(outcome: Outcome) -> Observation | None:
        question, score = outcome.question, outcome.in_corpus
        if score is None or (not question.answerable and question.origin is not origin):
            return None
        return Observation(
            question_id=question.question_id,
            cluster=question.cluster,
            value=score,
            positive=question.answerable,
        )

    return observe


DECLINING = [
    Metric(
        group="declining",
        name="answerable, declined",
        observe=_declined(Origin.OWN, answerable=True),
        more_is_better=False,
    ),
    Metric(
        group="declining",
        name="unanswerable, declined",
        observe=_declined(Origin.OWN, answerable=False),
    ),
    Metric(
        group="declining",
        name="foreign, declined",
        observe=_declined(Origin.FOREIGN, answerable=False),
    ),
    Metric(
        group="declining",
        name="AUROC, unanswerable",
        observe=_score(Origin.OWN),
        estimate=auroc,
    ),
    Metric(
        group="declining", name="AUROC, foreign", observe=_score(Origin.FOREIGN), estimate=auroc
    ),
]
