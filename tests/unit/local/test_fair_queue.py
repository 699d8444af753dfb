"""Whose messages are handed out first."""

from collections.abc import Sequence
from typing import Any

from footnote.local.fair_queue import BATCH_SIZE, FairQueue


def message(group: str, number: int) -> dict[str, Any]:
    name = f"{group}{number}"
    return {"MessageId": name, "ReceiptHandle": name, "Attributes": {"MessageGroupId": group}}


class Queue:
    def __init__(self) -> None:
        self.waiting: list[dict[str, Any]] = []
        self.waits: list[int] = []
        self.deleted: list[str] = []
        self.delayed: dict[str, int] = {}

    def receive(self, *, wait_s: int) -> list[dict[str, Any]]:
        self.waits.append(wait_s)
        batch, self.waiting = self.waiting[:10], self.waiting[10:]
        return batch

    def delete(self, receipt_handles: Sequence[str]) -> None:
        self.deleted += receipt_handles

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        self.delayed[receipt_handle] = seconds


def names(messages: list[dict[str, Any]]) -> list[str]:
    return [found["MessageId"] for found in messages]


def test_one_file_does_not_wait_behind_ten_thousand_of_a_neighbour() -> None:
    queue = Queue()
    queue.waiting = [message("noisy", number) for number in range(100)]
    fair = FairQueue(queue)
    assert names(fair.receive(wait_s=1)) == ["noisy0", "noisy1"]
    queue.waiting = [message("quiet", 0)]
    assert names(fair.receive(wait_s=1) + fair.receive(wait_s=1))[-1] == "quiet0"


def test_every_message_is_handed_out_once_and_in_the_order_of_its_group() -> None:
    queue = Queue()
    queue.waiting = [message("ab"[number % 2], number) for number in range(25)]
    fair = FairQueue(queue)
    found: list[str] = []
    while batch := names(fair.receive(wait_s=0)):
        assert len({name[0] for name in batch}) == 1
        assert len(batch) <= BATCH_SIZE
        found += batch
    assert sorted(found) == sorted(f"{'ab'[number % 2]}{number}" for number in range(25))
    assert [name for name in found if name[0] == "a"] == [f"a{n}" for n in range(0, 25, 2)]


def test_it_waits_for_messages_only_while_it_has_none() -> None:
    queue = Queue()
    fair = FairQueue(queue)
    assert fair.receive(wait_s=1) == []
    queue.waiting = [message("a", number) for number in range(4)]
    fair.receive(wait_s=1)
    fair.receive(wait_s=1)
    assert queue.waits == [1, 1, 0]


def test_it_asks_again_only_where_the_reply_was_full() -> None:
    queue = Queue()
    queue.waiting = [message("a", number) for number in range(13)]
    FairQueue(queue).receive(wait_s=1)
    assert (queue.waits, queue.waiting) == ([1, 0], [])


def test_what_is_settled_is_settled_in_the_queue_behind() -> None:
    queue = Queue()
    fair = FairQueue(queue)
    fair.delete(["a"])
    fair.retry_after("b", seconds=5)
    assert (queue.deleted, queue.delayed) == (["a"], {"b": 5})
