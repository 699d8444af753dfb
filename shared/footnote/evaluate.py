"""Getting better: ask every question of a set, and keep what became of each."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from pydantic import ValidationError

from footnote.answering.json_schema import problems_of
from footnote.answering.output_schema import checked_schema
from footnote.domain.document import document_id_of
from footnote.evaluation.outcome import (
    DEPTH,
    Cited,
    Found,
    FoundPassage,
    Outcome,
    Said,
    document_names,
)
from footnote.evaluation.question_set import Question
from footnote.evaluation.replies import AskReply, CitationReply, SearchReply
from footnote.evaluation.wording import holds_gold, stands_in

# Passages searched, so that some ten documents are ranked where each has several.
SEARCHED = 50
ATTEMPTS = 4
LONGEST_WAIT_S = 60.0

type Reply = Mapping[str, Any]


class RefusedError(Exception):
    """The API refused a call; `retry_after_s` where the same call may succeed later."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class QuestionApi(Protocol):
    """Footnote's HTTP API, as far as an evaluation goes; each call may raise `RefusedError`."""

    def search(self, question: str, knowledge_base: str, top_k: int) -> Reply:
        """The passages for a question."""
        ...

    def ask(self, question: str, knowledge_base: str, output_schema: Reply | None = None) -> Reply:
        """The answer to a question; its status is `output_invalid` where it fits no schema."""
        ...

    def chunks(self, document_id: str) -> Iterable[Reply]:
        """What was understood of a document; nothing where it is not there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a set is asked; `answers_only` where there is nothing to search."""

    knowledge_base: str
    searches_only: bool = False
    answers_only: bool = False
    concurrency: int = 2
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class _ChunkTexts:
    """Each document's chunks, fetched once a version."""

    api: QuestionApi
    known: dict[tuple[str, str | None], tuple[str, ...]] = field(default_factory=dict)

    def of(self, document_id: str, version_id: str | None = None) -> tuple[str, ...]:
        document = (document_id, version_id)
        if document not in self.known:
            texts = (str(chunk["text"]) for chunk in self.api.chunks(document_id))
            self.known[document] = tuple(texts)
        return self.known[document]


def evaluate(questions: Sequence[Question], api: QuestionApi, plan: Plan) -> Iterator[Outcome]:
    """Ask all, some at once; each outcome as it comes.

    Whoever stops listening stops the asking. What the API refuses for good is an outcome with an
    error; what it cannot take now is asked again.
    """
    asking = _Asking(api, plan, _ChunkTexts(api))
    with ThreadPoolExecutor(plan.concurrency) as pool:
        waiting = [pool.submit(asking.outcome, question) for question in questions]
        try:
            for done in as_completed(waiting):
                yield done.result()
        finally:
            for one in waiting:
                one.cancel()


def unfinished(questions: Iterable[Question], outcomes: Iterable[Outcome]) -> list[Question]:
    """The questions that are still to ask: new, changed, or failed before."""
    known = {one.question.question_id: one.question for one in outcomes if one.error is None}
    return [question for question in questions if known.get(question.question_id) != question]


@dataclass(frozen=True, slots=True)
class _Asking:
    api: QuestionApi
    plan: Plan
    chunks: _ChunkTexts

    def outcome(self, question: Question) -> Outcome:
        asked = Outcome(question=question)
        try:
            if not self.plan.answers_only:
                asked = replace(asked, found=self._patiently(lambda: self._found(question)))
            if not self.plan.searches_only:
                asked = replace(asked, said=self._patiently(lambda: self._said(question)))
        except RefusedError as error:
            return replace(asked, error=str(error))
        except ValidationError as error:
            return replace(asked, error=f"the reply is not Footnote's: {error.errors()[0]['msg']}")
        return asked

    def _patiently[T](self, call: Callable[[], T]) -> T:
        """The one owner of retries: waits as long as the API says."""
        for _ in range(ATTEMPTS - 1):
            try:
                return call()
            except RefusedError as error:
                if error.retry_after_s is None:
                    raise
                self.plan.sleep(min(error.retry_after_s, LONGEST_WAIT_S))
        return call()

    def _found(self, question: Question) -> Found:
        began = time.perf_counter()
        reply = self.api.search(question.text, self.plan.knowledge_base, SEARCHED)
        spent = _milliseconds_since(began)
        found = SearchReply.model_validate(reply)
        return Found(
            passages=tuple(
                FoundPassage(
                    document=_name(one.key),
                    title=one.title,
                    page=one.page,
                    score=one.score,
                    text=one.text,
                )
                for one in found.passages[:DEPTH]
            ),
            documents=document_names(one.key for one in found.passages),
            gold_chunks=self._gold_chunks(question),
            in_corpus=found.in_corpus,
            outside_ms=spent,
        )

    def _said(self, question: Question) -> Said:
        began = time.perf_counter()
        schema = question.output_schema
        reply = self.api.ask(question.text, self.plan.knowledge_base, schema)
        spent = _milliseconds_since(began)
        said = AskReply.model_validate(reply)
        return Said(
            answered=said.status == "answered",
            answer=said.answer,
            citations=tuple(self._cited(one) for one in said.citations),
            in_corpus=said.in_corpus,
            model=said.model,
            input_tokens=said.usage.input_tokens,
            output_tokens=said.usage.output_tokens,
            cost_usd=said.cost_usd,
            timings_ms=said.timings_ms,
            outside_ms=spent,
            fits=None if schema is None else _fits(said, schema),
        )

    def _cited(self, citation: CitationReply) -> Cited:
        texts = self.chunks.of(citation.document_id, citation.version_id)
        return Cited(
            document=_name(citation.key),
            quote=citation.quote,
            verbatim=stands_in(citation.quote, texts),
            verified=None if citation.status is None else citation.status == "verified",
        )

    def _gold_chunks(self, question: Question) -> int | None:
        if not question.gold_texts:
            return None
        keys = (f"{self.plan.knowledge_base}/{name}" for name in question.gold_documents)
        texts = (text for key in keys for text in self.chunks.of(document_id_of(key)))
        return sum(holds_gold(text, question.gold_texts) for text in texts) or None


def _fits(said: AskReply, schema: Reply) -> bool | None:
    if said.status == "declined":
        return None
    return said.status == "answered" and not problems_of(said.output, checked_schema(schema))


def _milliseconds_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1e3, 1)


def _name(key: str) -> str:
    """A key without its knowledge base, as question sets name documents."""
    return key.partition("/")[2]
