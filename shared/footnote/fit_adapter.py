"""A query adapter that is kept only where the whole search is shown to gain by it."""

from collections.abc import Sequence
from dataclasses import dataclass

from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.gate import Verdict, decide
from footnote.evaluation.question_set import Question
from footnote.judged import Judge, Judged, ranks_judged
from footnote.tuning.adapter import Map, try_adapter
from footnote.tuning.hybrid import Embedded, Neighbourhood


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterReport:
    """A map learned from all questions, the pulls chosen, and whether it is shown to be better.

    `map` is None where the identity did best on folds of all questions.
    """

    map: Map | None
    pull: float
    pulls: tuple[float, ...]
    judged: tuple[Judged, ...]
    verdict: Verdict

    @property
    def better(self) -> bool:
        """Whether there is a map, and it is promoted."""
        return self.map is not None and self.verdict.promoted


def fit_adapter(
    questions: Sequence[Question],
    neighbourhoods: Sequence[Neighbourhood],
    embedded: Embedded,
    how: Resampling,
) -> AdapterReport:
    """Learn an adapter; better means that the whole interval of the gain in MRR is above zero."""
    trial = try_adapter(neighbourhoods, embedded, how.seed)
    judged = ranks_judged(trial.by_identity, trial.held_out, Judge(questions=questions, how=how))
    return AdapterReport(
        map=trial.map,
        pull=trial.pull,
        pulls=trial.pulls,
        judged=judged,
        verdict=decide(judged[0].difference, how),
    )
