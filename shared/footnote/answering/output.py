"""Reads JSON that a model wrote after a caller's schema: what of it holds, and what does not.

The reply is one object: `{"answered": true, "output": ..., "evidence": [{"passage": 1, "quote":
"exact words", "field": "/total"}]}`. Whatever is in it is untrusted.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from footnote.answering.citations import DECLINED
from footnote.answering.draft import DECLINE, LONGEST_DRAFT, Claim, says_decline
from footnote.answering.json_schema import Schema, problems_of
from footnote.answering.judge import IN_CORPUS_FOR_SURE
from footnote.answering.locating import locate
from footnote.answering.output_schema import labels_of
from footnote.answering.output_values import Leaf, SafeTexts, leaves_of, size_problem
from footnote.answering.source import Source
from footnote.answering.value_support import borne_out
from footnote.domain.answer import Answer, AnswerStatus, Citation, CitationStatus, RemovalReason
from footnote.domain.ledger import Outcome
from footnote.domain.passage import Passage
from footnote.domain.prompt import Completion

MOST_EVIDENCE = 50
_NO_EVIDENCE = "no evidence: name at least one quote that stands word for word in its passage"


class _Evidence(BaseModel):
    passage: int
    quote: str
    field: str = ""


class _Reply(BaseModel):
    answered: bool = True
    output: Any = None
    evidence: Annotated[list[_Evidence], Field(max_length=MOST_EVIDENCE)] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOutput:
    """An output as an answer, how good it is, and what is wrong with it.

    Without an answer it cannot be used at all. `problems` hold nothing that the model wrote but
    names within the output.
    """

    answer: Answer | None
    outcome: Outcome
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A quote that stands where the evidence says, and what it tells."""

    citation: Citation
    source: Source


def read_output(
    completion: Completion, schema: Schema, passages: Sequence[Passage], *, in_corpus: float
) -> ReadOutput:
    """What a model wrote, checked: its form, the schema, every text in it, every quote.

    Each text and number, unless the schema itself names it, has to be borne out by the quotes that
    are given for it, or by all together where none is.
    """
    if completion.truncated or len(completion.text) > LONGEST_DRAFT:
        return _bad(Outcome.TRUNCATED, "the reply was cut off: it has to be shorter")
    try:
        reply = _Reply.model_validate(read_json(completion.text))
    except (ValueError, RecursionError) as error:
        if DECLINE in completion.text:
            return _declined(in_corpus)
        problem = f"the reply is not the JSON object that was asked for: {_short(error)}"
        return _bad(Outcome.INVALID_FORMAT, problem)
    if not reply.answered or _declines(reply.output):
        return _declined(in_corpus)
    found, removed = _located(reply, passages)
    return _checked(reply.output, schema, found, removed)


def _declines(output: object) -> bool:
    """Whether the output is a decline; one that a document quotes is none."""
    return isinstance(output, str) and says_decline(output)


def _checked(
    output: object, schema: Schema, found: Sequence[_Found], removed: Sequence[RemovalReason]
) -> ReadOutput:
    """What is to hold of an output: its size and form, then what its quotes bear out."""
    too_large = size_problem(output)
    if too_large:
        return _bad(Outcome.INVALID_FORMAT, too_large)
    texts = SafeTexts([one.citation.quote for one in found], labels_of(schema))
    output = texts.cleaned(output)
    problems = [*texts.problems, *problems_of(output, schema)]
    if problems:
        return _bad(Outcome.INVALID_FORMAT, *problems)
    leaves = list(leaves_of(output, [schema]))
    unborne = list(_unborne(leaves, found))
    if unborne or not found:
        reasons = (*removed, *(reason for reason, _ in unborne))
        answer = replace(DECLINED, removed=reasons)
        told = [problem for _, problem in unborne] if found else [_NO_EVIDENCE]
        return ReadOutput(answer=answer, outcome=Outcome.FAILED_VERIFICATION, problems=tuple(told))
    answer = Answer(
        status=AnswerStatus.ANSWERED,
        text=json.dumps(output, ensure_ascii=False),
        citations=tuple(_cited(found, leaves)),
        removed=tuple(removed),
        output=output,
    )
    return ReadOutput(answer=answer, outcome=Outcome.OK)


def _located(
    reply: _Reply, passages: Sequence[Passage]
) -> tuple[list[_Found], list[RemovalReason]]:
    """Evidence whose quotes stand word for word where it says, and why others do not count."""
    found: list[_Found] = []
    removed: list[RemovalReason] = []
    for evidence in reply.evidence:
        if not 1 <= evidence.passage <= len(passages):
            removed.append(RemovalReason.UNKNOWN_PASSAGE)
            continue
        claim = Claim(number=evidence.passage, quote=evidence.quote)
        located = locate(claim, passages[evidence.passage - 1], "")
        if located is None:
            removed.append(RemovalReason.NOT_VERBATIM)
            continue
        citation, source = located
        marked = replace(citation, marker=len(found) + 1, field=evidence.field or None)
        found.append(_Found(citation=marked, source=source))
    return found, removed


def _unborne(
    leaves: Sequence[Leaf], found: Sequence[_Found]
) -> Iterator[tuple[RemovalReason, str]]:
    every = [one.source for one in found]
    for leaf in leaves:
        own = [one.source for one in found if one.citation.field == leaf.pointer]
        reason = borne_out(leaf.text, own or every).reason
        if reason is not None:
            yield reason, f"{leaf.place} is not borne out by its evidence: {reason.value}"


def _cited(found: Sequence[_Found], leaves: Sequence[Leaf]) -> Iterator[Citation]:
    """Each citation, verified where its quote alone tells what the value says."""
    known = {leaf.pointer: leaf for leaf in leaves}
    for one in found:
        leaf = known.get(one.citation.field or "")
        verdict = borne_out(leaf.text, [one.source]) if leaf else None
        # A number needs no words around it: it stands in the quote, or that does not bear it out.
        number = leaf is not None and leaf.is_number
        holds = verdict is not None and (verdict.verified or (number and verdict.reason is None))
        status = CitationStatus.VERIFIED if holds else CitationStatus.UNVERIFIED
        yield replace(one.citation, status=status)


def _declined(in_corpus: float) -> ReadOutput:
    outcome = Outcome.DECLINED if in_corpus >= IN_CORPUS_FOR_SURE else Outcome.OK
    return ReadOutput(answer=DECLINED, outcome=outcome)


def _bad(outcome: Outcome, *problems: str) -> ReadOutput:
    return ReadOutput(answer=None, outcome=outcome, problems=problems)


def read_json(text: str) -> Any:
    """The object in a reply; models like to put fences and words around it."""
    start, end = text.find("{"), text.rfind("}")
    return json.loads(text[start : end + 1], parse_constant=_no_number)


def _no_number(name: str) -> None:
    message = f"{name} is not JSON"
    raise ValueError(message)


def _short(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)[:200]
