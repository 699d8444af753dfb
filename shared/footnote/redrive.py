"""Dead letters, moved back to the queue that they came from, so that they are tried again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from footnote.domain.errors import InvalidRequestError
from footnote.inbox.notifications import read_notification

# Long enough to hear from every part of SQS: only then an empty reply means an empty queue.
_WAIT_S = 2


class DeadLetters(Protocol):
    """Where messages are kept that failed too often."""

    def receive(self, *, wait_s: int) -> Sequence[Mapping[str, Any]]:
        """Up to ten messages in boto3's form, after at most `wait_s` seconds."""
        ...

    def delete(self, receipt_handles: Sequence[str]) -> None:
        """Take messages that are done from the queue."""
        ...


class Notifications(Protocol):
    """Where S3's notifications go."""

    def send(self, bodies: Sequence[str]) -> None:
        """Send messages; raises unless all of them are taken."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One dead letter that is back in its queue: what it was about, and what became of it so far.

    `keys` is empty where the message cannot be read.
    """

    keys: tuple[str, ...]
    received: int
    sent_at: datetime | None


def redrive(dead_letters: DeadLetters, notifications: Notifications) -> Iterator[Moved]:
    """Move every dead letter, and tell of each once it is moved.

    Letters are deleted only after their copies were taken: a run that is cut off moves some twice,
    which ingestion does not mind, and loses none.

    Raises:
        ObjectStorageUnavailableError: a queue cannot be reached; what was told of is moved.
    """
    while messages := dead_letters.receive(wait_s=_WAIT_S):
        notifications.send([message["Body"] for message in messages])
        dead_letters.delete([message["ReceiptHandle"] for message in messages])
        yield from map(_moved, messages)


def _moved(message: Mapping[str, Any]) -> Moved:
    attributes = message.get("Attributes", {})
    sent_ms = attributes.get("SentTimestamp")
    return Moved(
        keys=_keys(message["Body"]),
        received=int(attributes.get("ApproximateReceiveCount", 0)),
        sent_at=datetime.fromtimestamp(int(sent_ms) / 1000, UTC) if sent_ms else None,
    )


def _keys(body: str) -> tuple[str, ...]:
    try:
        return tuple(event.version.key for event in read_notification(body))
    except InvalidRequestError:
        return ()
