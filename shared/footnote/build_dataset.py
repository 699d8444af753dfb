"""Getting better: a data set to fine-tune with, from what people asked, corrected and prepared.

Every answer in it was held against the documents as an answer of production is; what the documents
do not bear out is left out, and counted. Declines are as frequent as in production: half of them
questions that were declined, half the same questions as above without the passages that answer.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from footnote.answering.prompt import PromptShape
from footnote.domain.dataset import AskedBefore, Dataset, Row, RowKind, Split
from footnote.domain.deadline import Deadline
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.domain.passage import Retrieval
from footnote.domain.question import Question as AskedQuestion
from footnote.domain.question import QuestionId
from footnote.evaluation.near_duplicates import groups
from footnote.evaluation.outcome import document_names
from footnote.evaluation.question_set import Question
from footnote.made_rows import Declines, MadeRows
from footnote.retrieve import RetrievePorts, retrieve
from footnote.training_examples import (
    Example,
    OutputExample,
    from_ledger,
    from_output,
    from_question,
)
from footnote.training_rows import Making
from footnote.tuning.splitting import HELD_OUT, held_out

DISTRACTORS = 4
# Of the declines; the others are questions that were declined.
WITHOUT_GOLDEN = 0.5
_SEARCH_S = 30.0
_FOUND = 8
_SAME = "the same question was there before"


class AskedStore(Protocol):
    """What people asked, and what they said of the answers."""

    def asked(self, kb: KnowledgeBaseId) -> list[AskedBefore]:
        """Corrected questions, then those whose answer was found good, then declined ones."""
        ...

    def decline_rate(self, kb: KnowledgeBaseId) -> float | None:
        """The share of what was asked of a model that was declined; None where too few were."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlan:
    """What a data set is to be made of; `built` is told of each example that was looked at.

    `examples` are filled in after `schema`. Without a `decline_rate` it is production's.
    """

    kb: KnowledgeBaseId
    name: str
    seed: int
    questions: Sequence[Question] = ()
    examples: Sequence[OutputExample] = ()
    schema: Mapping[str, Any] | None = None
    from_ledger: bool = True
    decline_rate: float | None = None
    distractors: int = DISTRACTORS
    without_golden: float = WITHOUT_GOLDEN
    held_out: float = HELD_OUT
    built: Callable[[int], object] = int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPorts:
    """What building needs from outside."""

    retrieve: RetrievePorts
    asked: AskedStore


# Where little was asked so far.
USUAL_DECLINE_RATE = 0.1


def build_dataset(plan: BuildPlan, ports: BuildPorts) -> Dataset:
    """The rows of a data set; nothing is written.

    Raises:
        UnprocessableError: there is nothing to make a row of.
        TransientError: the database or the embedding model is down.
    """
    examples, made = _examples(plan, ports), MadeRows()
    kept = _once(examples, made)
    making: Making | None = None
    for example in kept:
        found = _found(example, plan.kb, ports)
        making = making or Making(
            shape=PromptShape.of(found.settings), distractors=plan.distractors
        )
        made.make(example, found, making)
        plan.built(len(kept))
    if making is None or not made.answers:
        reasons = "; ".join(f"{count} times: {why}" for why, count in made.left_out.items())
        message = f"nothing of {len(examples)} questions became a row that answers"
        raise UnprocessableError(f"{message} ({reasons})" if reasons else message)
    rate = plan.decline_rate
    if rate is None:
        rate = ports.asked.decline_rate(plan.kb)
    rate = USUAL_DECLINE_RATE if rate is None else rate
    wanted = Declines(rate=rate, without_golden=plan.without_golden, seed=plan.seed)
    rows = made.with_declines(wanted, making)
    return Dataset(
        kb=plan.kb,
        name=plan.name,
        prompt_version=prompt_version(rows),
        seed=plan.seed,
        decline_rate=rate,
        rows=_split(rows, plan),
        left_out=dict(made.left_out),
    )


def prompt_version(rows: Sequence[Row]) -> str:
    """A hash of the instructions that rows begin with: another prompt wants another data set."""
    systems = sorted({row.system for row in rows})
    return hashlib.sha256("\0".join(systems).encode()).hexdigest()[:12]


def _examples(plan: BuildPlan, ports: BuildPorts) -> list[Example]:
    asked = ports.asked.asked(plan.kb) if plan.from_ledger else []
    examples = [from_ledger(one) for one in asked]
    examples += [from_question(one) for one in plan.questions]
    if plan.schema is not None:
        kind = output_kind(plan.schema)
        examples += [from_output(one, plan.schema, kind) for one in plan.examples]
    return examples


def output_kind(schema: Mapping[str, Any]) -> RowKind:
    """Whether a schema only chooses among names, or takes what the documents say."""
    parts = schema.get("properties", {}).values() if "properties" in schema else [schema]
    chosen = all("enum" in part or part.get("type") == "boolean" for part in parts)
    return RowKind.CLASSIFICATION if chosen else RowKind.EXTRACTION


def _once(examples: Sequence[Example], made: MadeRows) -> list[Example]:
    """Each question once, the first of those that ask nearly the same."""
    seen: set[object] = set()
    kept = []
    for example, group in zip(examples, groups([one.text for one in examples]), strict=True):
        same = (group, example.schema is None)
        if same in seen:
            made.left_out[_SAME] += 1
            continue
        seen.add(same)
        kept.append(example)
    return kept


def _found(example: Example, kb: KnowledgeBaseId, ports: BuildPorts) -> Retrieval:
    question = AskedQuestion(
        question_id=QuestionId(""), conversation_id="", kb=kb, text=example.text, top_k=_FOUND
    )
    return retrieve(question, ports.retrieve, Deadline.within(_SEARCH_S), beside=True)


def _split(rows: Sequence[Row], plan: BuildPlan) -> tuple[Row, ...]:
    names = [_documents(row) for row in rows]
    kept_apart = held_out(names, plan.seed, plan.held_out)
    return tuple(
        replace(row, split=Split.HELD_OUT if at in kept_apart else Split.TRAIN)
        for at, row in enumerate(rows)
    )


def _documents(row: Row) -> set[str]:
    return {row.cluster, *document_names(one.key for one in row.sources if one.golden)}
