"""Lambda's SQS event source mapping: polls a queue and runs a function on batches.

Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS" and "Handling errors for an SQS
event source".
"""

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any, Protocol

from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.local.function import InvocationError
from footnote.local.pool import ThrottledError

# Short enough for a quick stop; ministack looks for messages ten times a second anyway.
LONG_POLL_S = 1
# In AWS the messages of an invocation that ended without a reply wait for the rest of their
# visibility timeout, half an hour here. Nobody waits for that in front of a laptop.
RETRY_S = 5
STOP_TIMEOUT_S = 60.0

log = logging.getLogger(__name__)

type Message = dict[str, Any]


class Queue(Protocol):
    """The queue as its pollers need it."""

    def receive(self, *, wait_s: int) -> list[Message]:
        """Up to ten messages in boto3's form, after at most `wait_s` seconds."""
        ...

    def delete(self, receipt_handles: Sequence[str]) -> None:
        """Take messages that are done from the queue."""
        ...

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        """Let a message that failed be received again after so many seconds."""
        ...


class Invoker(Protocol):
    """Whatever runs the function."""

    def invoke(self, event: object) -> object:
        """Run one event; raises InvocationError or ThrottledError."""
        ...


class EventSource:
    """Keeps one poller per environment at work."""

    def __init__(self, queue: Queue, queue_arn: str, function: Invoker) -> None:
        self._queue = queue
        self._queue_arn = queue_arn
        self._function = function
        self._stop = threading.Event()
        self._pollers: list[threading.Thread] = []

    def start(self, pollers: int) -> None:
        """Poll in the background."""
        self._pollers = [threading.Thread(target=self._poll, daemon=True) for _ in range(pollers)]
        for poller in self._pollers:
            poller.start()

    def stop(self, *, within_s: float = STOP_TIMEOUT_S) -> None:
        """Receive no more, and finish the batches that are being worked on."""
        self._stop.set()
        deadline = time.monotonic() + within_s
        for poller in self._pollers:
            poller.join(timeout=max(0.0, deadline - time.monotonic()))

    def poll_once(self) -> int:
        """Receive one batch, run it, settle its messages, and return how many there were."""
        messages = self._queue.receive(wait_s=LONG_POLL_S)
        if messages:
            self._run(messages)
        return len(messages)

    def _poll(self) -> None:
        while not self._stop.is_set():
            try:
                self.poll_once()
            except ObjectStorageUnavailableError as error:
                log.warning("polling: %s", error)
                self._stop.wait(LONG_POLL_S)
            except Exception:  # a poller that ended would leave every later upload unread
                log.exception("polling failed")
                self._stop.wait(LONG_POLL_S)

    def _run(self, messages: Sequence[Message]) -> None:
        try:
            result = self._function.invoke(sqs_event(messages, self._queue_arn))
        except (InvocationError, ThrottledError, OSError) as error:  # or no process can be started
            log.error("a batch of %d failed: %s", len(messages), error)
            for message in messages:
                self._queue.retry_after(message["ReceiptHandle"], seconds=RETRY_S)
            return
        failed = failed_message_ids(result, [message["MessageId"] for message in messages])
        # The function has said when those that failed are to come again.
        done = [one["ReceiptHandle"] for one in messages if one["MessageId"] not in failed]
        self._queue.delete(done)


def sqs_event(messages: Sequence[Message], queue_arn: str) -> dict[str, object]:
    """The event that Lambda makes of a batch."""
    region = queue_arn.split(":")[3]
    return {"Records": [_record(message, queue_arn, region) for message in messages]}


def _record(message: Message, queue_arn: str, region: str) -> dict[str, object]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {key[0].lower() + key[1:]: value for key, value in attribute.items()}
            for name, attribute in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    }


def failed_message_ids(result: object, sent: Sequence[str]) -> frozenset[str]:
    """The messages that the function's result leaves in the queue.

    Nothing, or an empty or null list, means success. Anything else that does not name messages of
    this batch fails the batch as a whole.
    """
    if result is None:
        return frozenset()
    if not isinstance(result, dict):
        return frozenset(sent)
    failures = result.get("batchItemFailures") or []
    if not isinstance(failures, list):
        return frozenset(sent)
    named = [item.get("itemIdentifier") if isinstance(item, dict) else None for item in failures]
    return frozenset(name for name in sent if name in named or not set(named) <= set(sent))
