"""Another embedding model or chunk size without downtime: built beside, compared, switched."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from footnote.domain.document import KnowledgeBaseId, ObjectVersion
from footnote.domain.encoder_verdict import EncoderVerdict, not_shown, turned_down
from footnote.domain.passage import Retrieval
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.embedding.model_folder import is_encoder
from footnote.embedding.port import Embedders
from footnote.evaluation.outcome import Found, Outcome, document_names
from footnote.evaluation.question_set import Question
from footnote.inbox.notifications import ObjectEvent
from footnote.inbox.work import WorkQueue, work_message

# Documents on their way at once, and seconds after which one is sent again.
AT_ONCE = 200
SENT_AGAIN_S = 120.0
LOOK_S = 0.5


class Progress(Protocol):
    """How far an index is."""

    @property
    def done(self) -> int:
        """Documents that it holds."""
        ...

    @property
    def total(self) -> int:
        """Documents that it is to hold."""
        ...


class Indexes(Protocol):
    """The indexes of knowledge bases."""

    def begin(self, kb: KnowledgeBaseId, form: IndexForm) -> SearchIndex:
        """The index of this form, added where there is none."""
        ...

    def check_files(self, kb: KnowledgeBaseId) -> None:
        """That there is a file of every document; raises UnprocessableError else."""
        ...

    def missing(self, index: SearchIndex, limit: int) -> list[str]:
        """Keys of documents that it lacks and whose files can be read."""
        ...

    def progress(self, index: SearchIndex) -> Progress:
        """How far it is."""
        ...


class Verdicts(Protocol):
    """What the gate said of encoders."""

    def find(self, kb: KnowledgeBaseId, model: str) -> EncoderVerdict | None:
        """That on one encoder; None where it was never judged here."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReindexPorts:
    """What building an index needs from outside."""

    indexes: Indexes
    embedders: Embedders
    work: WorkQueue
    bucket: str


def begin(kb: KnowledgeBaseId, form: IndexForm, ports: ReindexPorts) -> SearchIndex:
    """The index of this form, added where there is none.

    Its model embeds a word first: one that is mistyped or does not answer is told of at once,
    and not found out by documents that wait for it.

    Raises:
        ModelRefusedError, ModelUnavailableError: the model does not embed.
        NotFoundError, UnprocessableError: there is nothing to fill it with, or no room for it.
    """
    ports.indexes.check_files(kb)
    ports.embedders(form.model).embed(["word"])
    return ports.indexes.begin(kb, form)


def against_building(
    kb: KnowledgeBaseId, model: str, answering: str, verdicts: Verdicts
) -> str | None:
    """Why an index of this model should not be built: an encoder that the gate turned down."""
    if not is_encoder(model) or model == answering:
        return None
    return turned_down(verdicts.find(kb, model), answering)


def against_answering(
    kb: KnowledgeBaseId, model: str, answering: str, verdicts: Verdicts
) -> str | None:
    """Why this model should not answer: an encoder that is not shown to be better."""
    if not is_encoder(model) or model == answering:
        return None
    return not_shown(model, verdicts.find(kb, model), answering)


def build(index: SearchIndex, ports: ReindexPorts) -> Iterator[Progress]:
    """Have `ingest` fill an index with what the active one holds; yields how far it is.

    Every document is ingested once more, which writes all indexes of its knowledge base: what is
    uploaded meanwhile needs nothing else, and interrupted work goes on with what is missing.

    Raises:
        UnprocessableError: what is left was imported meanwhile, without its files.
    """
    sent: dict[str, float] = {}
    while True:
        progress = ports.indexes.progress(index)
        yield progress
        if progress.done >= progress.total:
            return
        now = time.monotonic()
        missing = ports.indexes.missing(index, AT_ONCE)
        if not missing:
            ports.indexes.check_files(index.kb)
        due = [key for key in missing if now - sent.get(key, -SENT_AGAIN_S) >= SENT_AGAIN_S]
        ports.work.send([work_message(_event(key, ports.bucket)) for key in due])
        sent = {key: sent.get(key, now) for key in missing} | dict.fromkeys(due, now)
        time.sleep(LOOK_S)


def searched(questions: Sequence[Question], search: Callable[[str], Retrieval]) -> list[Outcome]:
    """What one index finds for each question, to be compared with what another finds."""
    return [Outcome(question=one, found=_found(one, search)) for one in questions]


def _found(question: Question, search: Callable[[str], Retrieval]) -> Found:
    began = time.perf_counter()
    retrieval = search(question.text)
    spent_ms = (time.perf_counter() - began) * 1e3
    return Found(
        passages=(),
        documents=document_names(passage.key for passage in retrieval.passages),
        gold_chunks=None,
        in_corpus=None,
        outside_ms=spent_ms,
    )


def _event(key: str, bucket: str) -> ObjectEvent:
    """An event without a sequencer: it always counts, as the bucket itself is read."""
    version = ObjectVersion(
        bucket=bucket, key=key, sequencer="", version_id=None, event_time=datetime.now(UTC)
    )
    return ObjectEvent(version=version, removed=False)
