"""A whole evaluation: what was asked of which system, every figure, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.measuring import Compared, Measured, compare, measure
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.question_set import generated_in_words
from footnote.evaluation.run_file import Run

# Below this, even widened intervals rest on too little.
FEW_CLUSTERS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Outcomes and what they amount to."""

    run: Run
    outcomes: tuple[Outcome, ...]
    measured: tuple[Measured, ...]
    compared: tuple[Compared, ...]
    how: Resampling

    @property
    def clusters(self) -> int:
        """The source documents of its questions."""
        return len({outcome.question.cluster for outcome in self.outcomes})

    @property
    def footing(self) -> str:
        """What the figures stand on, in words."""
        told = (
            f"{len(self.outcomes)} questions of {self.clusters} documents. Intervals: bootstrap "
            f"over documents, {self.how.resamples} resamples, seed {self.how.seed}."
        )
        told += generated_in_words(outcome.question for outcome in self.outcomes)
        if self.clusters < FEW_CLUSTERS:
            told += f" Fewer than {FEW_CLUSTERS} documents: read the intervals with care."
        return told


def evaluation_of(
    run: Run, outcomes: Sequence[Outcome], before: Sequence[Outcome], how: Resampling
) -> Evaluation:
    """Measure outcomes, and compare them with those of a run before, if there are any."""
    return Evaluation(
        run=run,
        outcomes=tuple(outcomes),
        measured=tuple(measure(outcomes, how)),
        compared=tuple(compare(before, outcomes, how)) if before else (),
        how=how,
    )
