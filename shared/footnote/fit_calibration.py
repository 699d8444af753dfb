"""A calibration that is kept only where it is shown to tell better what the documents speak of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from footnote.domain.passage import Retrieval
from footnote.evaluation.bootstrap import Resampling
from footnote.evaluation.question_set import Question
from footnote.judged import Judge, Judged, source_of
from footnote.retrieval.in_corpus import (
    WORDS_ALONE,
    Calibration,
    answerable,
    default_calibration,
    in_corpus_probability,
)
from footnote.tuning.calibration import JudgedQuestion, log_loss, try_calibration

# Of the questions that the documents answer, more must not be declined.
MOST_DECLINED = 0.05
# Below it, retrieval cannot tell these questions: what is fitted to them would spoil the rest.
LEAST_AUROC = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationReport:
    """A calibration fitted to all questions, and whether it is shown to be better.

    `against` counts the questions that the documents do not speak of.
    """

    default: Calibration
    chosen: Calibration
    judged: tuple[Judged, ...]
    against: int
    better: bool


def fit_calibration(
    questions: Sequence[Question], found: Sequence[Retrieval], how: Resampling
) -> CalibrationReport:
    """Fit a calibration, judged by what answering itself decides by.

    Better means: the log loss is shown to be lower, the AUROC is .9 and not shown to be lower; at
    most 5 % of the answerable questions are declined, no fewer of the others than before, and wrong
    decisions are no more.
    """
    by_default = [replace(one, calibration=None) for one in found]
    default = default_calibration(by_default[0])
    trial = try_calibration(
        [
            JudgedQuestion(
                source=source_of(one),
                evidence=seen.evidence,
                in_corpus=one.answerable,
                subject=_subject(one),
            )
            for one, seen in zip(questions, found, strict=True)
        ],
        # Of words alone nothing is known that would be worth a pull.
        None if default is WORDS_ALONE else default,
        how.seed,
    )
    tuned = [
        replace(one, calibration=fitted) for one, fitted in zip(found, trial.held_out, strict=True)
    ]
    judged = _judged(by_default, tuned, Judge(questions=questions, how=how))
    return CalibrationReport(
        default=default,
        chosen=trial.calibration,
        judged=judged,
        against=sum(not question.answerable for question in questions),
        better=is_better(*judged),
    )


def _subject(question: Question) -> str:
    """The set that a foreign question is from; its id begins with it."""
    return question.question_id.partition("/")[0] if question.is_foreign else ""


def is_better(loss: Judged, order: Judged, declined: Judged, missed: Judged) -> bool:
    """Whether nothing that counts speaks against it; see `fit_calibration`."""
    loss_high, order_high = loss.difference.high, order.difference.high
    mistakes = declined.difference.value - missed.difference.value
    return (
        loss_high is not None
        and loss_high < 0
        and order_high is not None
        and order_high >= 0
        and order.difference.new >= LEAST_AUROC
        and declined.difference.new <= MOST_DECLINED
        and missed.difference.value >= 0
        and mistakes <= 0
    )


def _judged(
    old: Sequence[Retrieval], new: Sequence[Retrieval], judge: Judge
) -> tuple[Judged, Judged, Judged, Judged]:
    likely = [[in_corpus_probability(one) for one in found] for found in (old, new)]
    declined = [[float(not answerable(one)) for one in found] for found in (old, new)]
    costs = [
        [
            log_loss(probability, in_corpus=question.answerable)
            for probability, question in zip(probabilities, judge.questions, strict=True)
        ]
        for probabilities in likely
    ]
    return (
        Judged(name="log loss", difference=judge.balanced_mean(*costs), more_is_better=False),
        Judged(name="AUROC", difference=judge.auroc(*likely)),
        Judged(
            name="answerable, declined",
            difference=judge.of_kind(*declined, answerable=True),
            more_is_better=False,
        ),
        Judged(
            name="out of corpus, declined", difference=judge.of_kind(*declined, answerable=False)
        ),
    )
