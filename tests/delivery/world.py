"""Everything between the model bucket and Postgres: both queues, both functions, reconciliation."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from footnote.deliveries import DeliveryPorts, take_deliveries
from footnote.domain.document import KnowledgeBaseId, ObjectVersion
from footnote.domain.drift import Horizon
from footnote.domain.errors import TransientError, UnprocessableError
from footnote.domain.reconciliation import KnowledgeBaseReport, Request
from footnote.domain.search_index import IndexForm
from footnote.draft_embeddings import EmbedPorts
from footnote.drafts import DraftPorts
from footnote.inbox.notifications import ObjectEvent
from footnote.inbox.redelivery import Delivery
from footnote.inbox.work import work_message
from footnote.ingest import IngestPorts
from footnote.intake import IntakePorts, take_in
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.index import PostgresEmbeddings, PostgresIndex
from footnote.postgres.reconcile import PostgresReconciliation
from footnote.postgres.reindex import PostgresReindex
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.reconcile import ReconcilePorts, reconcile
from tests.delivery.failpoints import (
    Crash,
    Documents,
    Embedder,
    Failpoints,
    Kept,
    Message,
    Outside,
    Queue,
)
from tests.delivery.model_bucket import ModelBucket

# Short chunks, so that short documents have several; few dimensions, because nobody searches.
FORM = IndexForm(model="model-a", dimension=8, chunk_chars=60)
OTHER_FORM = IndexForm(model="model-b", dimension=12, chunk_chars=120)
LARGEST = 400
_FUTURE = datetime(2100, 1, 1, tzinfo=UTC)

type Receive = Callable[[Sequence[Delivery]], Mapping[str, Exception]]


@dataclass(frozen=True, kw_only=True)
class Fences:
    """What keeps old news from undoing new; the tests of the tests take one away."""

    documents: type[PostgresDocuments] = PostgresDocuments
    index: type[PostgresIndex] = PostgresIndex


class World:
    """One knowledge base, from its bucket to its index."""

    def __init__(self, database: Database, kb: KnowledgeBaseId, fences: Fences) -> None:
        self.database, self.kb = database, kb
        self.bucket = ModelBucket()
        self.points = Failpoints()
        self.notifications, self.work = Queue(self.points), Queue(self.points)
        self.indexes = PostgresSearchIndexes(database, FORM)
        self.reindex = PostgresReindex(database, self.indexes)
        # All that S3 ever told, for telling it once more.
        self.told: list[str] = []
        self._documents = Documents(self.points, fences.documents(database))
        self._outside = Outside(self.points, self.bucket, fences.index(database))
        self._deliveries = DeliveryPorts(
            ingest=self._ingest_ports(), redelivery=self.work, work=self.work
        )

    def _ingest_ports(self) -> IngestPorts:
        embedders = {form.model: Embedder(form.dimension) for form in (FORM, OTHER_FORM)}
        for embedder in embedders.values():
            embedder.points = self.points
        return IngestPorts(
            documents=self._documents,
            drafts=DraftPorts(
                objects=self._outside,
                indexes=self.indexes,
                parser=self._outside,
                max_bytes=LARGEST,
            ),
            embed=EmbedPorts(
                embedders=lambda model: embedders[model],
                kept=Kept(self.points, PostgresEmbeddings(self.database)),
                progress=self._documents.real,
            ),
            index=self._outside,
            tags=None,
        )

    def tell(self, body: str | None) -> None:
        """S3 sends a message, if anything happened."""
        if body:
            self.told.append(body)
            self.notifications.waiting.append(Message(body))

    def notify(self, places: Sequence[int], *, copies: int = 1, again: bool = False) -> None:
        """Some notifications are delivered, in this order and so often, and maybe later again."""

        def receive(deliveries: Sequence[Delivery]) -> Mapping[str, Exception]:
            ports = IntakePorts(
                documents=self._documents, redelivery=self.notifications, work=self.work
            )
            return take_in(deliveries, ports)

        _deliver(self.notifications, [*places] * copies, receive, again=again)

    def ingest(self, places: Sequence[int], *, copies: int = 1, again: bool = False) -> None:
        """Some of the work is done."""

        def receive(deliveries: Sequence[Delivery]) -> Mapping[str, Exception]:
            return take_deliveries(deliveries, self._deliveries, deadline=math.inf)

        _deliver(self.work, [*places] * copies, receive, again=again)

    def deliver_all(self) -> None:
        """What waits is delivered once, ten messages at a time, as SQS does."""
        while self.notifications.waiting:
            self.notify(range(min(10, len(self.notifications.waiting))))
        waiting = len(self.work.waiting)
        while waiting > 0:
            self.ingest(range(min(10, waiting)))
            waiting -= 10

    def drain(self) -> None:
        """Undisturbed, one delivery of each message is enough."""
        self.deliver_all()
        assert self.work.waiting == []

    def reconcile(self) -> KnowledgeBaseReport | None:
        """Compare bucket and index, as if everything were long ago."""
        ports = ReconcilePorts(
            bucket=self.bucket,
            documents=PostgresReconciliation(self.database),
            notifications=self.notifications,
            max_delete_share=1,
        )
        horizon = Horizon(settled_before=_FUTURE, stuck_before=_FUTURE)
        report = reconcile(ports, Request(horizon=horizon, knowledge_base=self.kb))
        return next(iter(report.knowledge_bases), None)

    def begin_other_index(self) -> None:
        """Another index is begun where there is anything to index, or its building goes on."""
        known = self.reindex.all_of(self.kb)
        if not known:
            return
        forms = {index.form for index, _ in known}
        form = next((f for f in (OTHER_FORM, FORM) if f not in forms), OTHER_FORM)
        try:
            index = self.reindex.begin(self.kb, form)
        except UnprocessableError:
            return
        now = datetime.now(UTC)
        for key in self.reindex.missing(index, 100):
            version = ObjectVersion(
                bucket="documents", key=key, sequencer="", version_id=None, event_time=now
            )
            self.work.send([work_message(ObjectEvent(version=version, removed=False))])

    def switch_index(self) -> None:
        """Questions are answered from the other index, if that is complete."""
        for index, active in self.reindex.all_of(self.kb):
            if not active:
                try:
                    self.reindex.switch(index)
                except UnprocessableError:
                    return

    def drop_index(self) -> None:
        """The index that does not answer goes."""
        for index, active in self.reindex.all_of(self.kb):
            if not active:
                self.reindex.drop(index)


def _deliver(queue: Queue, places: Sequence[int], receive: Receive, *, again: bool) -> None:
    """Messages that failed stay, as do all of them where the process ended."""
    if not queue.waiting:
        return
    messages = [queue.waiting[place % len(queue.waiting)] for place in places]
    deliveries = [
        Delivery(message_id=str(number), body=message.body, receipt_handle="", receive_count=1)
        for number, message in enumerate(messages)
    ]
    try:
        failed = receive(deliveries)
    except Crash:
        return
    for error in failed.values():
        if not isinstance(error, TransientError):
            raise error
    kept = {messages[int(number)] for number in failed}
    done = set() if again else set(messages) - kept
    # Anew, because another delivery may have been done with some of them meanwhile.
    queue.waiting[:] = [message for message in queue.waiting if message not in done]
