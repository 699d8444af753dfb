"""Plays SQS's fair queues on this machine: a group with many messages does not delay the others.

In AWS the queue itself does this for messages that carry a group id; the emulated one hands them
out in the order in which they came.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import count
from typing import Protocol

from footnote.local.event_source import Message

# Of one group, so that nobody's file waits for a batch of a neighbour's.
BATCH_SIZE = 2
# What SQS hands out at most at a time.
RECEIVED_TOGETHER = 10
# Of a long queue it reads on only while what it has is being worked on.
_REPLIES_TOGETHER = 10
# However long the queue takes for a reply, reading ahead gets a fifth of the time: those who work
# on documents have the rest.
_PATIENCE = 4


class Queue(Protocol):
    """The queue behind."""

    def receive(self, *, wait_s: int) -> list[Message]:
        """Up to ten messages, after at most `wait_s` seconds."""
        ...

    def delete(self, receipt_handles: Sequence[str]) -> None:
        """Take messages that are done from the queue."""
        ...

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        """Let a message that failed be received again after so many seconds."""
        ...


class FairQueue:
    """Reads ahead of what it hands out; whose last turn is longest ago has the next one."""

    def __init__(self, queue: Queue, clock: Callable[[], float] = time.monotonic) -> None:
        self._queue = queue
        self._clock = clock
        self._lock = threading.Lock()
        self._groups: dict[str, deque[Message]] = {}
        self._in_hand: dict[str, Message] = {}
        self._turns = count(1)
        self._last_turn: dict[str, int] = {}
        self._looks_at = 0.0

    def receive(self, *, wait_s: int) -> list[Message]:
        """A few messages of the group whose turn it is, after at most `wait_s` seconds."""
        with self._lock:
            began = self._clock()
            if not self._in_hand:
                self._read_ahead(wait_s)
            elif began >= self._looks_at:
                self._read_ahead(0)
                self._looks_at = self._clock() + _PATIENCE * (self._clock() - began)
            return self._next()

    def delete(self, receipt_handles: Sequence[str]) -> None:
        """Take messages that are done from the queue."""
        self._queue.delete(receipt_handles)

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        """Let a message that failed be received again after so many seconds."""
        self._queue.retry_after(receipt_handle, seconds=seconds)

    def _read_ahead(self, wait_s: int) -> None:
        for _ in range(_REPLIES_TOGETHER):
            messages = self._queue.receive(wait_s=wait_s)
            for message in messages:
                self._take(message)
            # A reply with room left was the end of the queue: asking again costs a request.
            if len(messages) < RECEIVED_TOGETHER:
                return
            wait_s = 0

    def _take(self, message: Message) -> None:
        """Keep a message; one that waited here for longer than it stays hidden came once more."""
        waiting = self._in_hand.get(message["MessageId"])
        if waiting is None:
            self._in_hand[message["MessageId"]] = message
            self._groups.setdefault(_group(message), deque()).append(message)
        else:
            waiting.update(message)

    def _next(self) -> list[Message]:
        if not self._groups:
            return []
        group = min(self._groups, key=lambda group: self._last_turn.get(group, 0))
        self._last_turn[group] = next(self._turns)
        waiting = self._groups[group]
        messages = [waiting.popleft() for _ in range(min(BATCH_SIZE, len(waiting)))]
        if not waiting:
            del self._groups[group]
        for message in messages:
            del self._in_hand[message["MessageId"]]
        return messages


def _group(message: Message) -> str:
    return str(message.get("Attributes", {}).get("MessageGroupId", ""))
