"""Lets ministack work on a long queue without walking through all of it for each request.

Its own functions still decide everything. They are only shown the messages that they can concern:
those with the receipts of a request, or the next that can be received. A queue of 20,000 cost each
document a tenth of a second otherwise, and one of 100,000 was never worked through.
"""

import heapq
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count, islice
from types import ModuleType
from typing import Any

type Message = dict[str, Any]
type Queue = dict[str, Any]
type Action = Callable[[dict[str, Any], str], Any]

# More than one reply takes: some may go to the dead letters, and the reply is to be full.
_SHOWN = 20
_BY_RECEIPT = (
    "DeleteMessage",
    "DeleteMessageBatch",
    "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch",
)


class Messages:
    """The messages of a queue, found by their receipt and by when they can be received.

    ministack takes it for the list that it expects. Its threads add to it while others are worked
    on, so what is done here in one step is one step of Python's too.
    """

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._numbers = count()
        self._all: dict[int, Message] = {}
        self._by_receipt: dict[str, Message] = {}
        # What is no longer true of a message is passed over once its moment comes.
        self._moments: list[tuple[float, int, Message]] = []
        for message in messages:
            self.append(message)

    def __iter__(self) -> Iterator[Message]:
        return iter(list(self._all.values()))

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, place: int) -> Message:
        return list(self._all.values())[place]

    def append(self, message: Message) -> None:
        """Add one, or know one by its receipt and moment of now."""
        self._all[id(message)] = message
        if receipt := message.get("receipt_handle"):
            self._by_receipt[receipt] = message
        moment = (message.get("visible_at", 0.0), next(self._numbers), message)
        heapq.heappush(self._moments, moment)

    def remove(self, message: Message) -> None:
        """Take one out."""
        del self._all[id(message)]
        self._by_receipt.pop(message.get("receipt_handle") or "", None)

    def clear(self) -> None:
        """Take all out."""
        for message in self:
            self.remove(message)

    def with_receipts(self, receipts: Iterable[str]) -> list[Message]:
        """Those that were last received with one of these."""
        found = [self._by_receipt[receipt] for receipt in receipts if receipt in self._by_receipt]
        return list({id(one): one for one in found}.values())

    def oldest(self) -> list[Message]:
        """Some of those that came first."""
        return list(islice(self._all.values(), _SHOWN))

    def due(self) -> list[Message]:
        """Some that can be received now, the longest due first."""
        now = time.time()
        found: dict[int, tuple[float, int, Message]] = {}
        while self._moments and self._moments[0][0] <= now and len(found) < _SHOWN:
            entry = heapq.heappop(self._moments)
            moment, _, message = entry
            held = self._all.get(id(message)) is message
            if held and message.get("visible_at", 0.0) == moment:
                found.setdefault(id(message), entry)
        for entry in found.values():
            heapq.heappush(self._moments, entry)
        return [message for _, _, message in found.values()]

    @contextmanager
    def shown(self, queue: Queue, messages: Sequence[Message]) -> Iterator[Queue]:
        """The queue as if it held these only; what is done to them there is done to it."""
        before = [(one, one.get("receipt_handle"), one.get("visible_at")) for one in messages]
        shown = {**queue, "messages": list(messages)}
        try:
            yield shown
        finally:
            left = {id(one) for one in shown["messages"]}
            for message, receipt, moment in before:
                now = message.get("receipt_handle"), message.get("visible_at")
                if id(message) not in left:
                    self.remove(message)
                elif now != (receipt, moment):
                    self._by_receipt.pop(receipt or "", None)
                    self.append(message)


def with_long_queues(sqs: ModuleType) -> None:
    """Have ministack's SQS show its functions those messages only that they can concern.

    FIFO queues stay as they are: there, whether one can be received depends on all others.
    """
    for name, choose in (
        ("_expire_retained", Messages.oldest),
        ("_dlq_sweep", Messages.due),
        ("_collect_msgs", Messages.due),
    ):
        setattr(sqs, name, _of_some(getattr(sqs, name), choose))
    by_url = _QueuesByUrl(sqs._get_q)
    sqs._get_q = by_url.find  # type: ignore[attr-defined]
    for action in _BY_RECEIPT:
        sqs._HANDLERS[action] = by_url.of_receipts(sqs._HANDLERS[action])


def _of_some(
    work: Callable[..., Any], choose: Callable[[Messages], list[Message]]
) -> Callable[..., Any]:
    def work_on_some(queue: Queue, *arguments: Any) -> Any:
        if queue["is_fifo"]:
            return work(queue, *arguments)
        messages = _messages(queue)
        with messages.shown(queue, choose(messages)) as shown:
            return work(shown, *arguments)

    return work_on_some


class _QueuesByUrl:
    """Finds queues as ministack does; while one action is done, with its messages only."""

    def __init__(self, find: Callable[..., Queue]) -> None:
        self._find = find
        # Its threads ask for queues meanwhile, and are to find all messages.
        self._doing = threading.local()

    def find(self, url: str, action: str | None = None) -> Queue:
        queue = self._find(url, action)  # refuses what the queue's policy does
        return getattr(self._doing, "shown", None) or queue

    def of_receipts(self, act: Action) -> Action:
        """The action, which names messages by their receipts."""

        def act_on_some(data: dict[str, Any], queue_url: str) -> Any:
            queue = self._find(data.get("QueueUrl", queue_url))
            if queue["is_fifo"]:
                return act(data, queue_url)
            messages = _messages(queue)
            named = [one.get("ReceiptHandle", "") for one in (data, *data.get("Entries", ()))]
            with messages.shown(queue, messages.with_receipts(named)) as self._doing.shown:
                try:
                    return act(data, queue_url)
                finally:
                    self._doing.shown = None

        return act_on_some


def _messages(queue: Queue) -> Messages:
    messages = queue["messages"]
    if not isinstance(messages, Messages):
        messages = queue["messages"] = Messages(messages)
    return messages
