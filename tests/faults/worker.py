"""One invocation of `ingest`, in this process or in one of its own that is killed on its way."""

import multiprocessing
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from footnote.deliveries import DeliveryPorts, take_deliveries
from footnote.domain.search_index import IndexForm
from footnote.draft_embeddings import EmbedPorts
from footnote.drafts import DraftPorts
from footnote.inbox.notifications import ObjectEvent, write_notification
from footnote.inbox.redelivery import Delivery
from footnote.inbox.work import WorkMessage
from footnote.ingest import IngestPorts
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.index import PostgresEmbeddings, PostgresIndex
from footnote.postgres.search_indexes import PostgresSearchIndexes
from tests.fakes import FakeEmbedder
from tests.faults.failpoints import (
    Failpoints,
    WatchedDatabase,
    WatchedEmbedder,
    WatchedParser,
    WatchedShelf,
)
from tests.faults.shelf import Shelf

INVOCATION_S = 300.0
FORM = IndexForm(model=FakeEmbedder.model, dimension=384)
# So that a document takes several calls of the model, as a long one does.
EMBEDDED_TOGETHER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Where one works: an address of the database, and the folder of a shelf."""

    database_url: str
    folder: Path

    def take(self, events: Sequence[ObjectEvent], points: Failpoints) -> list[str]:
        """Work on a batch in this process; returns the keys that are to be delivered again."""
        with self.ports(points) as ports:
            failed = deliver(events, ports)
        points.reach("done, not yet acknowledged")
        return failed

    def start(self, event: ObjectEvent, *, deadly: int | None = None) -> BaseProcess:
        """Work on an event in a process that ends at its failpoint number `deadly`, if any."""
        process = forks().Process(target=self._work, args=(event, deadly))
        process.start()
        return process

    def _work(self, event: ObjectEvent, deadly: int | None) -> None:
        sys.exit(bool(self.take([event], Failpoints(deadly=deadly))))

    @contextmanager
    def ports(self, points: Failpoints) -> Iterator[DeliveryPorts]:
        """What a process has that takes one batch after the other."""
        database = WatchedDatabase(self.database_url, points)
        shelf = WatchedShelf(Shelf(self.folder), points)
        embedder = WatchedEmbedder(shelf.shelf, points)
        try:
            yield DeliveryPorts(
                ingest=IngestPorts(
                    documents=PostgresDocuments(database.to("claim")),
                    drafts=DraftPorts(
                        objects=shelf,
                        indexes=PostgresSearchIndexes(database.to("indexes"), FORM),
                        parser=WatchedParser(points),
                        max_bytes=2**20,
                    ),
                    embed=EmbedPorts(
                        embedders=lambda _: embedder,
                        kept=_Kept(database),
                        progress=PostgresDocuments(database.to("progress")),
                        together=EMBEDDED_TOGETHER,
                    ),
                    index=PostgresIndex(database.to("publish")),
                    tags=shelf,
                ),
                redelivery=_NoQueue(),
                work=_NoQueue(),
            )
        finally:
            database.close()


def deliver(events: Sequence[ObjectEvent], ports: DeliveryPorts) -> list[str]:
    """One batch; returns the keys that are to be delivered again."""
    messages = [_delivery(event) for event in events]
    return list(take_deliveries(messages, ports, deadline=time.monotonic() + INVOCATION_S))


class _Kept:
    """Tells finding from keeping."""

    def __init__(self, database: WatchedDatabase) -> None:
        self._finding = PostgresEmbeddings(database.to("find"))
        self._keeping = PostgresEmbeddings(database.to("keep"))

    def find(self, model_id: int, hashes: Sequence[bytes]) -> Mapping[bytes, Sequence[float]]:
        return self._finding.find(model_id, hashes)

    def keep(self, model_id: int, vectors: Mapping[bytes, Sequence[float]]) -> None:
        self._keeping.keep(model_id, vectors)


class _NoQueue:
    """The test delivers again by itself, at once."""

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        pass

    def send(self, messages: Sequence[WorkMessage]) -> None:
        raise AssertionError(messages)


def _delivery(event: ObjectEvent) -> Delivery:
    key = event.version.key
    body = write_notification(event)
    return Delivery(message_id=key, body=body, receipt_handle=key, receive_count=1)


def forks() -> ForkServerContext:
    """Processes of one that has everything imported and does nothing but fork."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "tests.faults.warm"])
    return context
