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
    """A metric; `observe` says nothing (None) of outcomes that do not bear on it.

    One outcome that `hides` its value leaves no figure: what the others say is not of all.
    """

    group: str
    name: str
    observe: Callable[[Outcome], Observation | None]
    estimate: Estimator = mean
    unit: Unit = Unit.SHARE
    more_is_better: bool = True
    hides: Callable[[Outcome], bool] | None = None

    def observations(self, outcomes: Sequence[Outcome]) -> list[Observation]:
        """What all outcomes say of it."""
        heard = [outcome for outcome in outcomes if outcome.error is None]
        if self.hides and any(map(self.hides, heard)):
            return []
        said = (self.observe(outcome) for outcome in heard)
        return [one for one in said if one is not None]


def observed(outcome: Outcome, value: float, of: float = 1.0) -> Observation:
    """A value that an outcome says, with its question and the document that this came from."""
    question = outcome.question
    return Observation(
        question_id=question.question_id, cluster=question.cluster, value=value, of=of
    )
