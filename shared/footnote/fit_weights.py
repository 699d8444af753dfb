"""Fusion weights that are kept only where they are shown to find the right documents sooner."""

from collections.abc import Sequence
from dataclasses import dataclass

from footnote.domain.fusion import DEFAULT_WEIGHTS, Weights
from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.gate import decide
from footnote.evaluation.question_set import Question
from footnote.judged import Judge, Judged, ranks_judged
from footnote.tuning.fusion import RankedQuestion, try_weights


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsReport:
    """Weights chosen by all questions, those chosen in folds, and whether they are shown better."""

    chosen: Weights
    in_folds: tuple[Weights, ...]
    judged: tuple[Judged, ...]
    better: bool


def fit_weights(
    questions: Sequence[Question], ranked: Sequence[RankedQuestion], how: Resampling
) -> WeightsReport:
    """Choose weights; better means that the whole interval of the gain in MRR is above zero."""
    trial = try_weights(ranked, how.seed)
    judged = ranks_judged(trial.by_default, trial.held_out, Judge(questions=questions, how=how))
    return WeightsReport(
        chosen=trial.weights,
        in_folds=trial.chosen_in_folds,
        judged=judged,
        better=decide(judged[0].difference, how).promoted and trial.weights != DEFAULT_WEIGHTS,
    )
