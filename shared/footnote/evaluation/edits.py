"""Edits of documents, and the questions whose answer they change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from footnote.domain.errors import UnprocessableError
from footnote.evaluation.lines import read_lines
from footnote.evaluation.question_set import Question
from footnote.evaluation.wording import letters

type _Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a document says instead: `new` wherever it said `old`, or all of another file.

    `document` is its key without the knowledge base.
    """

    document: str
    old: str = ""
    new: str = ""
    edited: Path | None = None


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    document: _Words
    old: str = ""
    new: str = ""
    edited: str = ""


def read_edits(path: Path) -> list[Edit]:
    """The edits of a `.csv` file with a header, or of a file with a JSON object a line.

    Raises:
        UnprocessableError: a line is no edit; names the lines.
    """

    def read(_: int, line: object) -> Edit:
        return _edit(_Row.model_validate(line), path.parent)

    return read_lines(path, "holds no edits, nothing was asked", read)


def edited_text(content: bytes, edits: Sequence[Edit]) -> bytes:
    """A document with the words of its edits replaced.

    Raises:
        UnprocessableError: it is no text, or does not hold the old words.
    """
    name = edits[0].document
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        message = f"{name} is no text in UTF-8: say `edited`, the file that takes its place"
        raise UnprocessableError(message) from error
    for one in edits:
        if one.old not in text:
            message = f"{name} does not hold {one.old!r}, so there is nothing to edit"
            raise UnprocessableError(message)
        text = text.replace(one.old, one.new)
    return text.encode()


def aged(questions: Iterable[Question], edits: Sequence[Edit]) -> list[Question]:
    """The questions whose answer an edit changes, with the old answer and the new one.

    These are questions about an edited document that have `old_answers`, and those with a gold
    answer that holds the edit's old words.

    Raises:
        UnprocessableError: there is none, or a new answer holds the old one.
    """
    found = [aged for one in questions if (aged := _aged(one, edits))]
    if not found:
        message = (
            "no question is about an edited document and has an answer that holds what was edited;"
            " where other words are edited, give the question `old_answers`"
        )
        raise UnprocessableError(message)
    for one in found:
        if any(letters(old) in letters(new) for old in one.old_answers for new in one.answers):
            message = (
                f"question {one.question_id}: a new answer holds an old one, so who tells which"
                " could not be told apart"
            )
            raise UnprocessableError(message)
    return found


def _aged(question: Question, edits: Sequence[Edit]) -> Question | None:
    about = [one for one in edits if one.document in question.gold_documents]
    if not about or not question.answerable or question.old_answers:
        return question if about and question.answers else None
    old = tuple(one for one in question.answers if _edited(one, about) != one)
    new = tuple(_edited(one, about) for one in question.answers)
    texts = tuple(_edited(one, about) for one in question.gold_texts)
    return replace(question, answers=new, old_answers=old, gold_texts=texts) if old else None


def _edited(text: str, edits: Iterable[Edit]) -> str:
    for one in edits:
        if one.old:
            text = text.replace(one.old, one.new)
    return text


def _edit(row: _Row, folder: Path) -> Edit:
    if bool(row.edited) == bool(row.old and row.new):
        message = "needs `old` and `new`, or `edited`, the file that takes the document's place"
        raise ValueError(message)
    if not row.edited:
        return Edit(document=row.document, old=row.old, new=row.new)
    file = folder / row.edited
    if not file.is_file():
        message = f"there is no file {file}"
        raise ValueError(message)
    return Edit(document=row.document, edited=file)
