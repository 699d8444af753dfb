"""Bucket against index: what events missed, in either direction, goes through the queue again."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from footnote.domain.document import KnowledgeBaseId, ObjectVersion, knowledge_base_of
from footnote.domain.drift import (
    Brake,
    CurrentObject,
    Horizon,
    KnownDocument,
    Place,
    Repair,
    decide,
)
from footnote.domain.reconciliation import KnowledgeBaseReport, Report, Request
from footnote.inbox.notifications import ObjectEvent, write_notification
from footnote.inbox.side_by_side import side_by_side

# S3 delivers nearly all notifications within seconds, and some after minutes.
GRACE = timedelta(minutes=15)
# Longer than any message lives whose work fails. Where it ends the function each time, eight
# deliveries take four hours, and another one does no harm.
STUCK_AFTER = timedelta(hours=3)
_SENT_TOGETHER = 100


class Bucket(Protocol):
    """What the bucket holds."""

    name: str

    def listing(self, prefix: str) -> Iterator[CurrentObject]:
        """What every key holds now, in order of keys; raises where that cannot be told."""
        ...


class KnownDocuments(Protocol):
    """What the index knows."""

    def totals(self) -> Mapping[KnowledgeBaseId, int]:
        """How many documents each knowledge base shows."""
        ...

    def in_key_order(self, prefix: str) -> Iterator[KnownDocument]:
        """Every document, deleted ones included."""
        ...


class Documents(Protocol):
    """The index, for one reconciliation at a time."""

    def held(self) -> AbstractContextManager[KnownDocuments]:
        """Keep others from reconciling; raises AlreadyRunningError where another one does."""
        ...


class Queue(Protocol):
    """Where S3's notifications go."""

    def send(self, bodies: Sequence[str]) -> None:
        """Send messages."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcilePorts:
    """What reconciliation needs from outside."""

    bucket: Bucket
    documents: Documents
    notifications: Queue
    max_delete_share: float


def horizon_at(now: datetime) -> Horizon:
    """What is behind the horizon while the system runs."""
    return Horizon(settled_before=now - GRACE, stuck_before=now - STUCK_AFTER)


def reconcile(ports: ReconcilePorts, request: Request) -> Report:
    """Compare bucket and index, and send a notification for every key that differs.

    Ingestion reads the bucket for each, so one too many does no harm. Deletions wait until the
    whole listing was read: a listing that is refused or ends halfway deletes nothing.

    Raises:
        ObjectStorageUnavailableError: the bucket cannot be listed, or the queue takes nothing.
        DatabaseUnavailableError: Postgres cannot be reached.
        AlreadyRunningError: another reconciliation is under way.
    """
    with ports.documents.held() as known:
        run = _Run(ports, request, known.totals())
        bucket = ports.bucket.listing(request.prefix)
        for place in side_by_side(bucket, known.in_key_order(request.prefix)):
            if request.covers(knowledge_base_of(place.key)):
                run.take(place)
        return run.finish()


class _Run:
    """One run on its way: what it found, what it is about to send, and what it holds back."""

    def __init__(
        self, ports: ReconcilePorts, request: Request, totals: Mapping[KnowledgeBaseId, int]
    ) -> None:
        self._ports = ports
        self._request = request
        self._totals = totals
        self._brake = Brake(max_share=ports.max_delete_share, forced=request.force)
        self._reports: dict[KnowledgeBaseId, KnowledgeBaseReport] = {}
        self._held: defaultdict[KnowledgeBaseId, list[str]] = defaultdict(list)
        self._outgoing: list[str] = []
        self._bucket_is_empty = True
        self._began = datetime.now(UTC)

    def take(self, place: Place) -> None:
        """Count a place, and send or hold back what it needs."""
        self._bucket_is_empty &= place.stored is None
        kb = knowledge_base_of(place.key)
        report = self._reports.setdefault(kb, KnowledgeBaseReport(knowledge_base=kb))
        report.in_bucket += place.exists
        report.in_index += place.is_shown
        repair = decide(place, self._request.horizon)
        if repair is Repair.GONE and place.is_unseen and not self._request.force:
            report.unseen += 1
        elif repair is Repair.GONE:
            self._hold(report, self._notification(place))
        elif repair is not None:
            report.sent[repair] += 1
            self._send(self._notification(place))

    def finish(self) -> Report:
        """Let go of the deletions that the brake does not stop: the listing is complete."""
        for kb, report in self._reports.items():
            if self._bucket_is_empty and report.to_delete and not self._request.force:
                report.braked = True
            if not report.braked:
                for body in self._held[kb]:
                    self._send(body)
        self._flush()
        return Report(knowledge_bases=tuple(report for _, report in sorted(self._reports.items())))

    def _hold(self, report: KnowledgeBaseReport, body: str) -> None:
        kb = report.knowledge_base
        report.to_delete += 1
        report.braked = self._brake.stops(report.to_delete, documents=self._totals.get(kb, 0))
        if report.braked:
            self._held[kb].clear()  # they will not go out, however many there are
        else:
            self._held[kb].append(body)

    def _send(self, body: str) -> None:
        self._outgoing.append(body)
        if len(self._outgoing) >= _SENT_TOGETHER:
            self._flush()

    def _flush(self) -> None:
        if self._outgoing and not self._request.dry_run:
            self._ports.notifications.send(self._outgoing)
        self._outgoing = []

    def _notification(self, place: Place) -> str:
        """As S3 would have sent it, but without a sequencer, so that it always counts."""
        stored = place.stored
        version = ObjectVersion(
            bucket=self._ports.bucket.name,
            key=place.key,
            sequencer="",
            version_id=stored.version_id if stored else None,
            # Of what left no trace only this is known: it was gone by then.
            event_time=stored.modified_at if stored else self._request.horizon.settled_before,
            size=stored.size if stored and place.exists else None,
            etag=stored.etag if stored and place.exists else None,
            # Where messages wait longer than it takes to count as stuck, each is sent many times:
            # whichever comes first has the key read. A deletion without a trace has no time.
            asked_at=self._began if place.exists else None,
        )
        return write_notification(ObjectEvent(version=version, removed=not place.exists))
