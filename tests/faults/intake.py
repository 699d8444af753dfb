"""One invocation of `intake`, in this process or in one of its own that is killed on its way."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from footnote.inbox.notifications import ObjectEvent, read_notification, write_notification
from footnote.inbox.redelivery import Delivery
from footnote.inbox.work import WorkMessage
from footnote.intake import IntakePorts, take_in
from footnote.postgres.documents import PostgresDocuments
from tests.faults.failpoints import Failpoints, WatchedDatabase
from tests.faults.worker import forks


@dataclass(frozen=True, slots=True)
class WorkOnDisk:
    """A queue that outlives who sends to it, with a failpoint behind each message.

    SQS takes ten messages a call: of a longer list some may be sent, and others not.
    """

    folder: Path
    points: Failpoints

    def send(self, messages: Sequence[WorkMessage]) -> None:
        for message in messages:
            with self._file.open("a") as queue:
                queue.write(message.body + "\n")
            self.points.reach("sent")

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        """The test delivers again by itself, at once."""

    def receive(self) -> list[ObjectEvent]:
        """All that waits, in the order in which it was sent; then nothing does."""
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        self._file.unlink(missing_ok=True)
        return [event for line in lines for event in read_notification(line)]

    @property
    def _file(self) -> Path:
        return self.folder / "work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Where it works: an address of the database, and the folder of its queue."""

    database_url: str
    folder: Path

    def take(self, events: Sequence[ObjectEvent], points: Failpoints) -> list[str]:
        """Note and pass on events in this process; returns the keys to be delivered again."""
        database = WatchedDatabase(self.database_url, points)
        queue = WorkOnDisk(self.folder, points)
        ports = IntakePorts(
            documents=PostgresDocuments(database.to("admit")), redelivery=queue, work=queue
        )
        try:
            failed = take_in([_delivery(event) for event in events], ports)
        finally:
            database.close()
        points.reach("done, not yet acknowledged")
        return list(failed)

    def start(self, events: Sequence[ObjectEvent], *, deadly: int | None = None) -> BaseProcess:
        """Take them in in a process that ends at its failpoint number `deadly`, if any."""
        process = forks().Process(target=self._work, args=(events, deadly))
        process.start()
        return process

    def waiting(self) -> list[ObjectEvent]:
        """The work that was passed on; it is taken from the queue."""
        return WorkOnDisk(self.folder, Failpoints()).receive()

    def _work(self, events: Sequence[ObjectEvent], deadly: int | None) -> None:
        sys.exit(bool(self.take(events, Failpoints(deadly=deadly))))


def _delivery(event: ObjectEvent) -> Delivery:
    key = event.version.key
    body = write_notification(event)
    return Delivery(message_id=key, body=body, receipt_handle=key, receive_count=1)
