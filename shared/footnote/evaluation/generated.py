"""Questions that a model wrote from a chunk: what it is to reply, and what is let into a set.

Nothing is taken on trust: a reply may be made up, or say what a document told the model to say.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from footnote.evaluation.near_duplicates import repeated
from footnote.evaluation.wording import letters, squad_words, stands_in

_QUOTE_WORDS = range(3, 81)
_LEAST_LETTERS = 8
_LINK = re.compile(r"https?:|www\.|</?[a-z!]|\]\(", re.IGNORECASE)
# Whoever asks has no passage before them.
_POINTING = re.compile(
    r"\b(?:this|that|the|given|above|following|provided|mentioned)\s+"
    r"(?:passage|text|document|excerpt|snippet|section|paragraph|article|page|chapter)s?\b"
    r"|\baccording to\b|\bmentioned (?:above|below|here)\b",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """What a question asks for."""

    FACT = "fact"
    PROCEDURE = "procedure"
    REASON = "reason"
    UNANSWERABLE = "unanswerable"


class Reject(StrEnum):
    """Why a generated question is left out."""

    FORM = "the reply is not of the form that was asked for"
    NOTHING = "the model found nothing to ask"
    OTHER_KIND = "it is of another kind than was asked for"
    LINK = "it holds a link or markup"
    SHORT = "it is hardly a question"
    QUOTE = "its quote does not stand in the passage"
    QUOTE_LENGTH = "its quote is too short or too long"
    ANSWER = "its answer has words that the quote has not"
    TOLD = "it holds its own answer"
    POINTING = "it points at a text, which nobody who asks has before them"
    FILE = "it names the file"
    MISSING = "it does not ask for what it says is missing"
    FOUND = "the documents hold the words that it says are missing"
    SAME = "nearly the same question was there before"


type _Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


class Draft(BaseModel):
    """What a model replies; `missing` are words of an unanswerable question, of no document."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    kind: Kind | None
    question: _Text
    answer: _Text
    quote: _Text
    missing: _Text


REPLY_SCHEMA = {
    "type": "object",
    "properties": {
        "kind": {"anyOf": [{"enum": [kind.value for kind in Kind]}, {"type": "null"}]},
        **{name: {"type": "string"} for name in ("question", "answer", "quote", "missing")},
    },
    "required": ["kind", "question", "answer", "quote", "missing"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a model was given: the text of a chunk, of which file, and what it was to ask for."""

    kind: Kind
    name: str
    text: str


def read_draft(reply: str) -> Draft | None:
    """The reply, with or without a fence around it; None where it is none."""
    bare = reply.strip().removeprefix("```json").strip("`").strip()
    try:
        return Draft.model_validate_json(bare)
    except ValidationError:
        return None


def rejected(
    draft: Draft | None,
    asked: Asked,
    known: Sequence[str],
    held: Callable[[str], bool],
) -> Reject | None:
    """Why a question is left out, the first reason; None where it may stay.

    `known` are the questions that stay already, `held` says whether any document holds some words.
    """
    if draft is None:
        return Reject.FORM
    if draft.kind is None or not draft.question:
        return Reject.NOTHING
    if draft.kind is not asked.kind:
        return Reject.OTHER_KIND
    found = next(_wrong(draft, asked), None)
    if found is None and draft.kind is Kind.UNANSWERABLE and held(draft.missing):
        return Reject.FOUND
    if found is None and repeated([draft.question], known):
        return Reject.SAME
    return found


def _wrong(draft: Draft, asked: Asked) -> Iterator[Reject]:
    """What can be told from the question and its passage."""
    if draft.kind is Kind.UNANSWERABLE:
        own = {Reject.MISSING: bool(draft.answer) or not _within(draft.missing, draft.question)}
    else:
        own = {
            Reject.ANSWER: not _within(draft.answer, draft.quote),
            Reject.TOLD: _within(draft.answer, draft.question),
        }
    every = {
        Reject.LINK: bool(_LINK.search(f"{draft.question} {draft.answer}")),
        Reject.SHORT: len(letters(draft.question)) < _LEAST_LETTERS,
        Reject.QUOTE: not stands_in(draft.quote, [asked.text]),
        Reject.QUOTE_LENGTH: len(draft.quote.split()) not in _QUOTE_WORDS,
        Reject.POINTING: bool(_POINTING.search(draft.question)),
        Reject.FILE: _names_file(draft.question, asked.name),
    }
    yield from (reason for reason, found in (every | own).items() if found)


def _within(part: str, whole: str) -> bool:
    """Whether all words of a text stand in another one; of a script without spaces, its letters."""
    if not letters(part):
        return False
    if set(squad_words(part)) <= set(squad_words(whole)):
        return True
    return not letters(part).isascii() and letters(part) in letters(whole)


def _names_file(question: str, name: str) -> bool:
    """Whether it names a file in whole, or by a stem that is no word, such as `swg-21396`."""
    file = name.rpartition("/")[2].casefold()
    stem = file.rpartition(".")[0] or file
    said = question.casefold()
    return file in said or (not stem.isalpha() and len(stem) > 3 and stem in said)
