"""Question sets: JSON lines or CSV to questions, each mistake with its line."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from footnote.evaluation.lines import read_lines


class Origin(StrEnum):
    """Whose question it is: of this knowledge base, or of another that it cannot answer."""

    OWN = "own"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with what a right reply holds; `old_answers` were right once, and are no more.

    `gold_documents` are keys without the knowledge base, `gold_texts` passages of them. `cluster`
    is the document it was made from: questions of one document rise and fall together. With an
    `output_schema` it is answered in JSON. A generated one was written by a model, from the
    document; `kind` is what it asks for.
    """

    question_id: str
    text: str
    answers: tuple[str, ...] = ()
    old_answers: tuple[str, ...] = ()
    answerable: bool = True
    gold_documents: tuple[str, ...] = ()
    gold_texts: tuple[str, ...] = ()
    cluster: str = ""
    origin: Origin = Origin.OWN
    output_schema: Mapping[str, Any] | None = field(default=None, hash=False)
    generated: bool = False
    kind: str = ""

    @property
    def is_foreign(self) -> bool:
        """Whether it is another subject's."""
        return self.origin is Origin.FOREIGN

    @property
    def documents(self) -> frozenset[str]:
        """Every document that it is about."""
        return frozenset((self.cluster, *self.gold_documents)) - {""}


def _listed(value: object) -> object:
    """CSV has a JSON list in its cell, or one plain value."""
    if not isinstance(value, str):
        return value or ()
    if value.startswith("["):
        return json.loads(value)
    return (value,) if value.strip() else ()


def _object(value: object) -> object:
    """CSV has a JSON object in its cell, or nothing."""
    if not isinstance(value, str):
        return value
    return json.loads(value) if value.strip() else None


def _absent(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


type _Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
type _List = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class _Row(BaseModel):
    # Sets bring columns of their own, which say nothing here.
    model_config = ConfigDict(extra="ignore", frozen=True)

    question: _Words
    id: Annotated[str | int | None, BeforeValidator(_absent)] = None
    answers: _List = ()
    old_answers: _List = ()
    answerable: Annotated[bool | None, BeforeValidator(_absent)] = None
    gold_docs: _List = ()
    gold_text: str | None = None
    gold_texts: _List = ()
    topic_doc: str | None = None
    output_schema: Annotated[dict[str, Any] | None, BeforeValidator(_object)] = None
    # Other people's columns may be called so, and hold anything.
    generated: object = None
    kind: object = None


def read_question_set(path: Path) -> list[Question]:
    """The questions of a `.csv` file with a header, or of a file with a JSON object a line.

    Raises:
        UnprocessableError: a line is not a question, or two have the same id; names the lines.
    """

    def read(line: int, values: object) -> Question:
        return _question(line, _Row.model_validate(values))

    return read_lines(path, "is no question set, nothing was asked", read, _repeated)


def foreign(questions: Iterable[Question], name: str) -> list[Question]:
    """Another set's questions, as ones that this knowledge base cannot answer."""
    return [
        replace(
            question,
            question_id=f"{name}/{question.question_id}",
            answers=(),
            old_answers=(),
            answerable=False,
            gold_documents=(),
            gold_texts=(),
            cluster=f"{name}/{question.cluster}",
            origin=Origin.FOREIGN,
        )
        for question in questions
    ]


def some_of_each_kind(questions: Sequence[Question], limit: int | None) -> list[Question]:
    """At most `limit` answerable and as many unanswerable ones, evenly from the whole set."""
    if limit is None:
        return list(questions)
    kinds = [[one for one in questions if one.answerable is kind] for kind in (True, False)]
    return [
        kind[at * len(kind) // limit] if len(kind) > limit else kind[at]
        for kind in kinds
        for at in range(min(limit, len(kind)))
    ]


def generated_in_words(questions: Iterable[Question]) -> str:
    """How many of them a model wrote, for whoever reads figures of them."""
    made = sum(question.generated for question in questions)
    if not made:
        return ""
    return (
        f" {made} of the questions were generated from the documents by a model: people ask"
        " otherwise."
    )


def _question(line: int, row: _Row) -> Question:
    answerable = row.answerable
    if answerable is None:
        if not row.answers and not row.gold_docs:
            message = "needs answers, gold_docs or answerable, or nothing can be measured by it"
            raise ValueError(message)
        answerable = True
    question_id = str(row.id) if row.id is not None else f"line-{line}"
    texts = row.gold_texts or ((row.gold_text,) if row.gold_text else ())
    generated = str(row.generated).casefold() == "true"
    return Question(
        question_id=question_id,
        text=row.question,
        answers=tuple(answer for answer in row.answers if answer.strip()),
        old_answers=tuple(answer for answer in row.old_answers if answer.strip()),
        answerable=answerable,
        gold_documents=row.gold_docs,
        gold_texts=tuple(text for text in texts if text.strip()),
        cluster=row.gold_docs[0] if row.gold_docs else row.topic_doc or question_id,
        output_schema=row.output_schema,
        generated=generated,
        kind=str(row.kind or "") if generated else "",
    )


def _repeated(questions: Iterable[Question]) -> list[str]:
    counts = Counter(question.question_id for question in questions)
    return [f"id {name} stands {count} times" for name, count in counts.items() if count > 1]
