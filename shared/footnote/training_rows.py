"""A question, what was found for it and what is known of its answer, to one row to train with.

The row shows what production shows: the same instructions, the passages that the search finds, as
many of them as wanted beside those that answer.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from footnote.answering.draft import DECLINE
from footnote.answering.example_reply import quotes_in, words_of
from footnote.answering.output_prompt import build_output_prompt
from footnote.answering.prompt import PromptShape, build_prompt
from footnote.answering.token_count import count_tokens
from footnote.domain.dataset import Row, RowKind, RowSource
from footnote.domain.passage import Passage, Retrieval
from footnote.domain.prompt import Prompt
from footnote.evaluation.outcome import document_names
from footnote.evaluation.wording import stands_in
from footnote.training_examples import Example
from footnote.tuning.masking import Masker


class LeftOutError(Exception):
    """Why an example became no row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How rows are made: for which shape of prompt, with so many passages beside the golden."""

    shape: PromptShape
    distractors: int


def make_row(example: Example, found: Retrieval, making: Making) -> Row:
    """One row, masked.

    Raises:
        LeftOutError: the passages do not bear it out.
    """
    if example.reply is None:
        return _declining(example, found.passages, making, cluster="")
    whole = _prompt(example, found.passages, making)
    reply = example.reply(whole)
    if reply is None:
        raise LeftOutError("the passages found do not bear it out")
    golden = _golden(reply, whole, example.kind)
    chosen = _beside(found.passages, golden, making.distractors)
    prompt = _prompt(example, chosen, making)
    again = example.reply(prompt)
    if again is None:
        raise LeftOutError("the passages found do not bear it out")
    return _row(example, prompt, again, golden)


def without_golden(example: Example, row: Row, found: Retrieval, making: Making) -> Row:
    """The same question with passages of other documents alone, so that there is nothing to say.

    Raises:
        LeftOutError: no other passages were found.
    """
    answering = {one.document_id for one in row.sources if one.golden}
    rest = [one for one in found.passages if one.document_id not in answering]
    return _declining(example, rest[: making.distractors + 1], making, cluster=row.cluster)


def _declining(
    example: Example, passages: Sequence[Passage], making: Making, *, cluster: str
) -> Row:
    if not passages:
        raise LeftOutError("no passages were found beside it")
    kept = Example(text=example.text, kind=RowKind.DECLINE, question_id=example.question_id)
    prompt = _prompt(kept, passages[: making.distractors + 1], making)
    return _row(kept, prompt, DECLINE, (), cluster=cluster or f"asked: {example.text}")


def _prompt(example: Example, passages: Sequence[Passage], making: Making) -> Prompt:
    if example.schema is None:
        return build_prompt(example.text, passages, making.shape)
    return build_output_prompt(example.text, passages, making.shape, example.schema)


def _golden(reply: str, prompt: Prompt, kind: RowKind) -> tuple[Passage, ...]:
    """The passages that a reply quotes."""
    if kind is RowKind.ANSWER:
        numbers = [number for number, _ in quotes_in(reply)]
    else:
        numbers = [int(one["passage"]) for one in json.loads(reply)["evidence"]]
    return tuple(prompt.passages[number - 1] for number in dict.fromkeys(numbers))


def _beside(
    passages: Sequence[Passage], golden: Sequence[Passage], distractors: int
) -> list[Passage]:
    """The golden ones and so many others, in the order in which they were found."""
    spans = {(one.document_id, part.ordinal) for one in golden for part in one.chunks()}
    chosen, others = [], 0
    for one in passages:
        is_golden = (one.document_id, one.ordinal) in spans
        if is_golden or others < distractors:
            chosen.append(one)
            others += not is_golden
    return chosen


def _row(
    example: Example,
    prompt: Prompt,
    reply: str,
    golden: Sequence[Passage],
    *,
    cluster: str = "",
) -> Row:
    masker = Masker()
    user, said = masker.masked(prompt.user), masker.masked(reply)
    if example.kind is RowKind.ANSWER and not all(
        stands_in(quote, [user]) for _, quote in quotes_in(said)
    ):
        raise LeftOutError("a quote begins or ends within personal data")
    answer = words_of(said) if example.schema is None else said
    return Row(
        kind=example.kind,
        question=masker.masked(example.text),
        system=prompt.system,
        user=user,
        reply=said,
        answer=answer,
        cluster=cluster or document_names(one.key for one in golden)[0],
        tokens=sum(map(count_tokens, (prompt.system, user, said))),
        sources=_sources(prompt, {one.document_id for one in golden}, golden),
        question_id=example.question_id,
    )


def _sources(
    prompt: Prompt, documents: set[str], golden: Sequence[Passage]
) -> tuple[RowSource, ...]:
    quoted = {part.content_hash for one in golden for part in one.chunks()}
    return tuple(
        RowSource(
            document_id=passage.document_id,
            key=passage.key,
            version_id=passage.version_id,
            chunk_hash=part.content_hash,
            golden=passage.document_id in documents and part.content_hash in quoted,
        )
        for passage in prompt.passages
        for part in passage.chunks()
    )
