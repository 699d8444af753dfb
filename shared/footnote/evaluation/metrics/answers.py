"""Answers: how much of the gold answer stands in what was said."""

from collections.abc import Callable, Sequence

from footnote.evaluation.estimators import Observation
from footnote.evaluation.metrics.metric import Metric, observed
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.wording import contains_one_of, token_f1, word_recall


def _answer(
    judge: Callable[[str, Sequence[str]], float],
) -> Callable[[Outcome], Observation | None]:
    """Of answerable questions with gold answers; a decline holds nothing of them."""

    def observe(outcome: Outcome) -> Observation | None:
        question = outcome.question
        if outcome.said is None or not question.answerable or not question.answers:
            return None
        return observed(outcome, float(judge(outcome.told, question.answers)))

    return observe


def _old_fact(outcome: Outcome) -> Observation | None:
    """Of questions whose answer changed with its document; who declines tells nothing old."""
    if outcome.said is None or not outcome.question.old_answers:
        return None
    return observed(outcome, float(contains_one_of(outcome.told, outcome.question.old_answers)))


OLD_FACT = Metric(
    group="answers", name="tells an old fact", observe=_old_fact, more_is_better=False
)
ANSWERS = [
    Metric(group="answers", name="contains the gold answer", observe=_answer(contains_one_of)),
    Metric(group="answers", name="share of the gold words", observe=_answer(word_recall)),
    Metric(group="answers", name="token F1", observe=_answer(token_f1)),
    OLD_FACT,
]
