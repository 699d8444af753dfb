"""Whose messages are handed out first."""

import heapq
from collections.abc import Sequence
from typing import Any

import pytest

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


def fair_queue(queue: Queue) -> FairQueue:
    """Where asking takes no time."""
    return FairQueue(queue, clock=lambda: 0.0)


def names(messages: list[dict[str, Any]]) -> list[str]:
    return [found["MessageId"] for found in messages]


def test_one_file_does_not_wait_behind_ten_thousand_of_a_neighbour() -> None:
    queue = Queue()
    queue.waiting = [message("noisy", number) for number in range(100)]
    fair = fair_queue(queue)
    assert names(fair.receive(wait_s=1)) == ["noisy0", "noisy1"]
    queue.waiting = [message("quiet", 0)]
    assert names(fair.receive(wait_s=1)) == ["quiet0"]


@pytest.mark.parametrize("apart", [0.0, 0.5, 1.0])
def test_a_single_file_takes_no_more_than_twice_as_long_beside_a_neighbours_many(
    apart: float,
) -> None:
    """On average over the moments at which it may come, of two environments so far apart."""
    moments = [10 + step / 50 for step in range(100)]
    waits = [_done_after(moment, apart) for moment in moments]
    assert sum(waits) / len(waits) <= 2.0  # alone it takes 1
    assert max(waits) <= 1 + BATCH_SIZE


def _done_after(moment: float, apart: float) -> float:
    """How long a file that comes then is on its way, where each file takes one unit of time."""
    queue = Queue()
    queue.waiting = [message("noisy", number) for number in range(60)]
    fair, free = fair_queue(queue), [0.0, apart]
    while True:
        now = heapq.heappop(free)
        if now >= moment > 0:
            queue.waiting.append(message("quiet", 0))
            came, moment = moment, 0
        batch = names(fair.receive(wait_s=0))
        if batch == ["quiet0"]:
            return now + 1 - came
        heapq.heappush(free, now + len(batch))


def test_a_group_that_comes_again_and_again_does_not_pass_by_one_that_waits() -> None:
    queue = Queue()
    queue.waiting = [message("many", number) for number in range(20)]
    fair, turns = fair_queue(queue), []
    for number in range(6):
        queue.waiting.append(message("often", number))
        turns.append(names(fair.receive(wait_s=0))[0].rstrip("0123456789"))
    assert turns == ["many", "often"] * 3


def test_every_message_is_handed_out_once_and_in_the_order_of_its_group() -> None:
    queue = Queue()
    queue.waiting = [message("ab"[number % 2], number) for number in range(25)]
    fair = fair_queue(queue)
    found: list[str] = []
    while batch := names(fair.receive(wait_s=0)):
        assert len({name[0] for name in batch}) == 1
        assert len(batch) <= BATCH_SIZE
        found += batch
    assert sorted(found) == sorted(f"{'ab'[number % 2]}{number}" for number in range(25))
    assert [name for name in found if name[0] == "a"] == [f"a{n}" for n in range(0, 25, 2)]


def test_it_waits_for_messages_only_while_it_has_none() -> None:
    queue = Queue()
    fair = fair_queue(queue)
    assert fair.receive(wait_s=1) == []
    queue.waiting = [message("a", number) for number in range(4)]
    fair.receive(wait_s=1)
    fair.receive(wait_s=1)
    assert queue.waits == [1, 1, 0]


def test_it_asks_again_only_where_the_reply_was_full() -> None:
    queue = Queue()
    queue.waiting = [message("a", number) for number in range(13)]
    fair_queue(queue).receive(wait_s=1)
    assert (queue.waits, queue.waiting) == ([1, 0], [])


def test_a_long_queue_does_not_keep_those_who_work_waiting_until_all_of_it_was_read() -> None:
    queue = Queue()
    queue.waiting = [message("many", number) for number in range(100_000)]
    fair = fair_queue(queue)
    assert names(fair.receive(wait_s=1)) == ["many0", "many1"]
    assert len(queue.waits) <= 10


def test_a_queue_that_answers_slowly_is_asked_less_often_while_there_is_work() -> None:
    queue, moments = Queue(), [0.0]
    queue.waiting = [message("many", number) for number in range(400)]

    def receive(*, wait_s: int) -> list[dict[str, Any]]:
        moments[0] += 1.0
        return Queue.receive(queue, wait_s=wait_s)

    slow = Queue()
    slow.receive = receive  # type: ignore[method-assign]
    fair = FairQueue(slow, clock=lambda: moments[0])
    handed_out = 0
    while batch := fair.receive(wait_s=0):
        moments[0] += 0.5 * len(batch)
        handed_out += len(batch)
    assert handed_out == 400
    # A fifth of the time, beside the first look; each of the 200 batches could have asked.
    assert len(queue.waits) <= moments[0] / 5 + 10


def test_a_message_that_waited_too_long_is_handed_out_once_with_its_new_receipt() -> None:
    queue = Queue()
    queue.waiting = [message("a", number) for number in range(6)]
    fair = fair_queue(queue)
    fair.receive(wait_s=0)
    queue.waiting = [message("a", 5) | {"ReceiptHandle": "second"}]
    rest = [*fair.receive(wait_s=0), *fair.receive(wait_s=0)]
    assert [(one["MessageId"], one["ReceiptHandle"]) for one in rest] == [
        ("a2", "a2"),
        ("a3", "a3"),
        ("a4", "a4"),
        ("a5", "second"),
    ]
    assert fair.receive(wait_s=0) == []


def test_what_is_settled_is_settled_in_the_queue_behind() -> None:
    queue = Queue()
    fair = fair_queue(queue)
    fair.delete(["a"])
    fair.retry_after("b", seconds=5)
    assert (queue.deleted, queue.delayed) == (["a"], {"b": 5})
