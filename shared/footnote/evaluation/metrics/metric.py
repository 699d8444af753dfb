"""A metric: what one outcome says of it, and how many of them make a figure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from footnote.evaluation.estimators import Estimator, Observation, mean
from footnote.evaluation.outcome import Outcome


class Unit(StrEnum):
    """What a figure counts."""

    SHARE = "share"
    MILLISECONDS = "ms"
    DOLLARS = "USD"
    TOKENS = "tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric; `observe` says nothing (None) of outcomes that do not bear on it."""

    group: str
    name: str
    observe: Callable[[Outcome], Observation | None]
    estimate: Estimator = mean
    unit: Unit = Unit.SHARE
    more_is_better: bool = True

    def observations(self, outcomes: Sequence[Outcome]) -> list[Observation]:
        """What all outcomes say of it."""
        said = (self.observe(outcome) for outcome in outcomes if outcome.error is None)
        return [one for one in said if one is not None]


def observed(outcome: Outcome, value: float, of: float = 1.0) -> Observation:
    """A value that an outcome says, with its question and the document that this came from."""
    question = outcome.question
    return Observation(
        question_id=question.question_id, cluster=question.cluster, value=value, of=of
    )
