"""Which messages of a batch stay in the queue, and for how long."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest

from footnote.local.event_source import EventSource, failed_message_ids, sqs_event
from footnote.local.function import InvocationError
from footnote.local.pool import ThrottledError

ARN = "arn:aws:sqs:eu-central-1:000000000000:notifications"


def message(name: str, *, received: int = 1) -> dict[str, Any]:
    return {
        "MessageId": name,
        "ReceiptHandle": f"receipt-{name}",
        "Body": f"body of {name}",
        "Attributes": {"ApproximateReceiveCount": str(received)},
    }


class FakeQueue:
    def __init__(self, *names: str) -> None:
        self.waiting = [message(name) for name in names]
        self.deleted: list[str] = []
        self.delayed: dict[str, int] = {}

    def receive(self, *, wait_s: int) -> list[dict[str, Any]]:
        del wait_s
        batch, self.waiting = self.waiting, []
        return batch

    def delete(self, receipt_handles: Sequence[str]) -> None:
        self.deleted += receipt_handles

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        self.delayed[receipt_handle] = seconds


class FakeFunction:
    def __init__(self, outcome: object) -> None:
        self.outcome = outcome
        self.events: list[object] = []

    def invoke(self, event: object) -> object:
        self.events.append(event)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def poll(queue: FakeQueue, outcome: object) -> FakeFunction:
    function = FakeFunction(outcome)
    EventSource(queue, ARN, function).poll_once()
    return function


def test_a_batch_that_succeeds_leaves_the_queue() -> None:
    queue = FakeQueue("a", "b")
    poll(queue, {"batchItemFailures": []})
    assert queue.deleted == ["receipt-a", "receipt-b"]
    assert queue.delayed == {}


def test_only_the_message_that_failed_is_delivered_again() -> None:
    queue = FakeQueue("a", "b", "c")
    poll(queue, {"batchItemFailures": [{"itemIdentifier": "b"}]})
    assert queue.deleted == ["receipt-a", "receipt-c"]
    assert queue.delayed == {}  # the function itself says when


@pytest.mark.parametrize("error", [InvocationError("", ""), ThrottledError(), OSError()])
def test_a_function_that_fails_keeps_the_whole_batch(error: Exception) -> None:
    queue = FakeQueue("a", "b")
    poll(queue, error)
    assert queue.deleted == []
    assert set(queue.delayed) == {"receipt-a", "receipt-b"}


def test_an_empty_queue_invokes_nothing() -> None:
    assert poll(FakeQueue(), None).events == []


@pytest.mark.parametrize("result", [None, {}, {"batchItemFailures": None}, {"statusCode": 200}])
def test_nothing_reported_means_success(result: object) -> None:
    assert failed_message_ids(result, ["a", "b"]) == set()


@pytest.mark.parametrize(
    "result",
    [
        "failed",
        [],
        {"batchItemFailures": "a"},
        {"batchItemFailures": ["a"]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"messageId": "a"}]},
        {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "of another batch"}]},
    ],
)
def test_a_malformed_report_fails_the_whole_batch(result: object) -> None:
    assert failed_message_ids(result, ["a", "b"]) == {"a", "b"}


def test_a_message_becomes_a_record_as_lambda_writes_it() -> None:
    sent = message("a") | {
        "MD5OfBody": "900150",
        "MessageAttributes": {"trace": {"DataType": "String", "StringValue": "1"}},
    }
    assert sqs_event([sent], ARN) == {
        "Records": [
            {
                "messageId": "a",
                "receiptHandle": "receipt-a",
                "body": "body of a",
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {"trace": {"dataType": "String", "stringValue": "1"}},
                "md5OfBody": "900150",
                "eventSource": "aws:sqs",
                "eventSourceARN": ARN,
                "awsRegion": "eu-central-1",
            }
        ]
    }


class BrokenOnce(FakeQueue):
    """A queue whose first poll fails in a way that nobody foresaw."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.settled = threading.Event()
        self.broken = False

    def receive(self, *, wait_s: int) -> list[dict[str, Any]]:
        if not self.broken:
            self.broken = True
            raise KeyError("MessageId")
        time.sleep(0.01)
        return super().receive(wait_s=wait_s)

    def delete(self, receipt_handles: Sequence[str]) -> None:
        super().delete(receipt_handles)
        self.settled.set()


def test_a_poller_outlives_an_error_that_nobody_foresaw() -> None:
    queue = BrokenOnce("a")
    source = EventSource(queue, ARN, FakeFunction(None))
    source.start(1)
    assert queue.settled.wait(timeout=10)
    source.stop()


class Stuck:
    """A function that works on its batch until it is let go."""

    def __init__(self, pollers: int) -> None:
        self.busy = threading.Barrier(pollers + 1)
        self.let_go = threading.Event()

    def invoke(self, event: object) -> object:
        del event
        self.busy.wait(timeout=10)
        self.let_go.wait(timeout=10)
        return None


class Endless(FakeQueue):
    def receive(self, *, wait_s: int) -> list[dict[str, Any]]:
        del wait_s
        return [message("a")]


def test_a_stop_waits_once_for_all_pollers_together() -> None:
    function = Stuck(pollers=10)
    source = EventSource(Endless(), ARN, function)
    source.start(10)
    function.busy.wait(timeout=10)
    began = time.monotonic()
    source.stop(within_s=0.2)
    took_s = time.monotonic() - began
    function.let_go.set()
    assert 0.2 <= took_s < 1.5
