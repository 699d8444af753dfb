"""Getting better: a question set of what people asked, where they said what is right."""

from collections.abc import Iterable

from footnote.domain.dataset import AskedBefore
from footnote.domain.label import Label
from footnote.evaluation.question_set import Question
from footnote.evaluation.wording import without_markers


def questions_of(asked: Iterable[AskedBefore]) -> list[Question]:
    """Those with a label or a correction, or an answer that was found good.

    What was declined is not among them: nobody said whether the documents answer it.
    """
    return [question_of(one) for one in asked if one.label or one.correction or one.answer]


def question_of(asked: AskedBefore) -> Question:
    """With what is surest to be right for it."""
    if asked.label:
        return _labelled(asked, asked.label)
    right = asked.correction or without_markers(asked.answer or "")
    quotes = () if asked.correction else tuple(dict(asked.quotes or {}).values())
    return Question(
        question_id=asked.question_id,
        text=asked.text,
        answers=(right,),
        gold_texts=quotes,
        cluster=asked.question_id,
    )


def _labelled(asked: AskedBefore, label: Label) -> Question:
    names = tuple(dict.fromkeys(one.key.partition("/")[2] for one in label.passages))
    return Question(
        question_id=asked.question_id,
        text=asked.text,
        answers=() if label.answer is None else (label.answer,),
        answerable=label.answer is not None,
        gold_documents=names,
        gold_texts=tuple(one.text for one in label.passages),
        cluster=names[0] if names else asked.question_id,
    )
