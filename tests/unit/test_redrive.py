"""Dead letters go back to their queue, and none is lost on the way."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from footnote.domain.document import ObjectVersion
from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.inbox.notifications import ObjectEvent, write_notification
from footnote.redrive import redrive

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def notification(key: str) -> str:
    version = ObjectVersion(
        bucket="documents", key=key, sequencer="0A", version_id="v", event_time=AT
    )
    return write_notification(ObjectEvent(version=version, removed=False))


class FakeQueue:
    """Holds bodies; `breaks` as one that can be read and takes nothing."""

    def __init__(self, *bodies: str) -> None:
        self.bodies = list(bodies)
        self.breaks = False

    def send(self, bodies: Sequence[str]) -> None:
        if self.breaks:
            message = "SQS refused 1 of 10 messages"
            raise ObjectStorageUnavailableError(message)
        self.bodies += bodies

    def receive(self, *, wait_s: int) -> list[dict[str, Any]]:
        assert wait_s > 0
        attributes = {"ApproximateReceiveCount": "5", "SentTimestamp": str(AT.timestamp() * 1000)}
        attributes = {name: value.removesuffix(".0") for name, value in attributes.items()}
        return [
            {"Body": body, "ReceiptHandle": body, "Attributes": attributes}
            for body in self.bodies[:10]
        ]

    def delete(self, receipt_handles: Sequence[str]) -> None:
        for handle in receipt_handles:
            self.bodies.remove(handle)


def test_every_letter_is_moved_as_it_is_and_told_of() -> None:
    bodies = [notification(f"kb/{number}.md") for number in range(25)]
    dead, queue = FakeQueue(*bodies), FakeQueue()
    moved = list(redrive(dead, queue))
    assert (dead.bodies, queue.bodies) == ([], bodies)
    assert [one.keys for one in moved[:2]] == [("kb/0.md",), ("kb/1.md",)]
    assert (moved[0].received, moved[0].sent_at) == (5, AT)


def test_a_letter_that_nobody_can_read_is_moved_all_the_same() -> None:
    dead, queue = FakeQueue("poison"), FakeQueue()
    (moved,) = redrive(dead, queue)
    assert (moved.keys, dead.bodies, queue.bodies) == ((), [], ["poison"])


def test_a_letter_that_was_not_taken_stays_where_it_is() -> None:
    dead, queue = FakeQueue(notification("kb/a.md")), FakeQueue()
    queue.breaks = True
    with pytest.raises(ObjectStorageUnavailableError):
        list(redrive(dead, queue))
    assert len(dead.bodies) == 1


def test_an_empty_queue_moves_nothing() -> None:
    assert list(redrive(FakeQueue(), FakeQueue())) == []
