"""Arms: ways to answer the same questions, and what pairs of them say of a behaviour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from footnote.evaluation.bootstrap import Difference, Figure, Resampling, difference, figure
from footnote.evaluation.estimators import Observation
from footnote.evaluation.metrics.metric import Metric, Unit
from footnote.evaluation.outcome import Outcome


class Arm(StrEnum):
    """Who answers: which model, and whether it sees passages."""

    BASE = "base"
    RAG = "rag"
    FINE_TUNED = "fine-tuned"
    BOTH = "rag+fine-tuned"
    CASCADE = "cascade"

    @property
    def sees_passages(self) -> bool:
        """Whether it answers from the documents, or from what its model remembers."""
        return self not in (Arm.BASE, Arm.FINE_TUNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What arms showed of one behaviour, on the questions that all of them were asked.

    `gains` are arms less `rag`, which is what answers today; `both_over_tuned` is what passages add
    to a fine-tuned model.
    """

    unit: Unit
    levels: Mapping[Arm, Figure]
    gains: Mapping[Arm, Difference]
    both_over_tuned: Difference | None = None


def evidence_of(
    metric: Metric, runs: Mapping[Arm, Sequence[Outcome]], how: Resampling
) -> Evidence | None:
    """Levels and paired differences; None where `rag` says nothing of this."""
    seen = {arm: _observed(metric, outcomes) for arm, outcomes in runs.items()}
    seen = {arm: observations for arm, observations in seen.items() if observations}
    if Arm.RAG not in seen:
        return None
    share = metric.unit is Unit.SHARE

    def less(new: Arm, old: Arm) -> Difference | None:
        pairs = [(seen[old][name], one) for name, one in seen[new].items() if name in seen[old]]
        if not pairs:
            return None
        before, after = zip(*pairs, strict=True)
        return difference(before, after, metric.estimate, how)

    gains = {arm: less(arm, Arm.RAG) for arm in seen if arm is not Arm.RAG}
    two = Arm.BOTH in seen and Arm.FINE_TUNED in seen
    return Evidence(
        unit=metric.unit,
        levels={
            arm: figure(list(observations.values()), metric.estimate, how, share=share)
            for arm, observations in seen.items()
        },
        gains={arm: gain for arm, gain in gains.items() if gain},
        both_over_tuned=less(Arm.BOTH, Arm.FINE_TUNED) if two else None,
    )


def _observed(metric: Metric, outcomes: Sequence[Outcome]) -> dict[str, Observation]:
    return {one.question_id: one for one in metric.observations(outcomes)}
