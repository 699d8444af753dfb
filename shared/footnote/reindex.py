"""Another embedding model or chunk size without downtime: built beside, compared, switched."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from footnote.domain.document import KnowledgeBaseId, ObjectVersion
from footnote.domain.passage import Retrieval
from footnote.domain.search_index import IndexForm, SearchIndex
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

    def missing(self, index: SearchIndex, limit: int) -> list[str]:
        """Keys of documents that it lacks."""
        ...

    def progress(self, index: SearchIndex) -> Progress:
        """How far it is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReindexPorts:
    """What building an index needs from outside."""

    indexes: Indexes
    work: WorkQueue
    bucket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, and the keys of documents that answer it (without the knowledge base)."""

    text: str
    gold: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Reciprocal ranks by question on both indexes, and the mean share of common passages."""

    old: tuple[float, ...]
    new: tuple[float, ...]


def build(index: SearchIndex, ports: ReindexPorts) -> Iterator[Progress]:
    """Have `ingest` fill an index with what the active one holds; yields how far it is.

    Every document is ingested once more, which writes all indexes of its knowledge base: what is
    uploaded meanwhile needs nothing else, and interrupted work goes on with what is missing.
    """
    sent: dict[str, float] = {}
    while True:
        progress = ports.indexes.progress(index)
        yield progress
        if progress.done >= progress.total:
            return
        now = time.monotonic()
        missing = ports.indexes.missing(index, AT_ONCE)
        due = [key for key in missing if now - sent.get(key, -SENT_AGAIN_S) >= SENT_AGAIN_S]
        ports.work.send([work_message(_event(key, ports.bucket)) for key in due])
        sent = {key: sent.get(key, now) for key in missing} | dict.fromkeys(due, now)
        time.sleep(LOOK_S)


def compare(
    questions: Sequence[Question],
    search_old: Callable[[str], Retrieval],
    search_new: Callable[[str], Retrieval],
) -> Comparison:
    """Ask both indexes the same questions."""
    return Comparison(
        old=tuple(reciprocal_rank(search_old(one.text), one.gold) for one in questions),
        new=tuple(reciprocal_rank(search_new(one.text), one.gold) for one in questions),
    )


def reciprocal_rank(found: Retrieval, gold: Sequence[str]) -> float:
    """1 / the rank of the first document among `gold`, or 0; each document counts once."""
    keys = list(dict.fromkeys(passage.key.partition("/")[2] for passage in found.passages))
    return next((1 / rank for rank, key in enumerate(keys, start=1) if key in gold), 0.0)


def _event(key: str, bucket: str) -> ObjectEvent:
    """An event without a sequencer: it always counts, as the bucket itself is read."""
    version = ObjectVersion(
        bucket=bucket, key=key, sequencer="", version_id=None, event_time=datetime.now(UTC)
    )
    return ObjectEvent(version=version, removed=False)
