"""Getting better: a question set of what people asked, where they said what is right."""

from collections.abc import Iterable

from footnote.domain.dataset import AskedBefore
from footnote.evaluation.question_set import Question
from footnote.evaluation.wording import without_markers


def questions_of(asked: Iterable[AskedBefore]) -> list[Question]:
    """Those with a correction, or an answer that was found good.

    What was declined is not among them: nobody said whether the documents answer it.
    """
    return [_question(one) for one in asked if one.correction or one.answer]


def _question(asked: AskedBefore) -> Question:
    right = asked.correction or without_markers(asked.answer or "")
    quotes = () if asked.correction else tuple(dict(asked.quotes or {}).values())
    return Question(
        question_id=asked.question_id,
        text=asked.text,
        answers=(right,),
        gold_texts=quotes,
        cluster=asked.question_id,
    )
