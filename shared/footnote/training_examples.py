"""What is known of a question's answer, to the reply that a model should have given.

Of what people said, of question sets, and of outputs after a schema. What the documents do not bear
out becomes no reply.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from footnote.answering.example_reply import quoted_reply, sentence_reply, supported_reply
from footnote.answering.output import read_output
from footnote.answering.output_values import values_of
from footnote.asked_questions import question_of
from footnote.domain.answer import NO_TOKENS
from footnote.domain.dataset import AskedBefore, RowKind
from footnote.domain.ledger import Outcome
from footnote.domain.prompt import Completion, Prompt
from footnote.domain.sentences import sentence_spans
from footnote.evaluation.question_set import Question
from footnote.evaluation.wording import holds_gold, letters, stands_in

# A gold answer of fewer words is no sentence: the one that holds it is what is learned.
_SENTENCE_WORDS = 5

type Reply = Callable[[Prompt], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputExample:
    """A question with the value that an output after a schema should have had.

    `quotes` by JSON pointer are what supports its parts; what is not named is looked for.
    """

    question: str
    output: Any
    quotes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question to make a row of; without a `reply` it is one to decline."""

    text: str
    kind: RowKind
    reply: Reply | None = None
    question_id: str | None = None
    schema: Mapping[str, Any] | None = None


def from_ledger(asked: AskedBefore) -> Example:
    """What people said of an answer; a question to decline where nobody knew one."""
    if asked.label:
        return replace(from_question(question_of(asked)), question_id=asked.question_id)
    if not asked.correction and not asked.answer:
        return Example(text=asked.text, kind=RowKind.DECLINE, question_id=asked.question_id)

    def reply(prompt: Prompt) -> str | None:
        if asked.correction:
            return supported_reply(asked.correction, prompt.passages)
        return quoted_reply(asked.answer or "", asked.quotes, prompt.passages)

    return Example(text=asked.text, kind=RowKind.ANSWER, reply=reply, question_id=asked.question_id)


def from_question(question: Question) -> Example:
    """A question of a set; by its gold answer, in the passages that hold its gold text."""
    if not question.answerable or not question.answers:
        return Example(text=question.text, kind=RowKind.DECLINE)

    def reply(prompt: Prompt) -> str | None:
        holding = [
            number
            for number, passage in enumerate(prompt.passages, start=1)
            if not question.gold_texts or holds_gold(passage.text, question.gold_texts)
        ]
        for answer in question.answers:
            said = None
            if len(answer.split()) >= _SENTENCE_WORDS:
                said = supported_reply(answer, prompt.passages)
            said = said or sentence_reply(answer, question.text, prompt.passages, holding)
            if said:
                return said
        return None

    return Example(text=question.text, kind=RowKind.ANSWER, reply=reply)


def from_output(one: OutputExample, schema: Mapping[str, Any], kind: RowKind) -> Example:
    """A value after a schema, with the evidence that production asks for."""

    def reply(prompt: Prompt) -> str | None:
        evidence = (
            _evidence(pointer, value, one, prompt)
            for pointer, value in values_of(one.output)
            if value is not None
        )
        found = [each for each in evidence if each]
        text = json.dumps(
            {"answered": True, "output": one.output, "evidence": found}, ensure_ascii=False
        )
        completion = Completion(text=text, usage=NO_TOKENS)
        read = read_output(completion, schema, prompt.passages, in_corpus=1.0)
        return text if read.outcome is Outcome.OK else None

    return Example(text=one.question, kind=kind, reply=reply, schema=schema)


def _evidence(
    pointer: str, value: object, one: OutputExample, prompt: Prompt
) -> dict[str, Any] | None:
    """A quote for one value: the one that is given, or the first sentence that holds it."""
    given = one.quotes.get(pointer) or one.quotes.get("")
    for number, passage in enumerate(prompt.passages, start=1):
        if given:
            if stands_in(given, [passage.text]):
                return {"passage": number, "quote": given, "field": pointer}
            continue
        for start, end in sentence_spans(passage.text):
            if letters(str(value)) and letters(str(value)) in letters(passage.text[start:end]):
                return {"passage": number, "quote": passage.text[start:end], "field": pointer}
    return None
