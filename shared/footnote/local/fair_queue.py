"""Plays SQS's fair queues on this machine: a group with many messages does not delay the others.

In AWS the queue itself does this for messages that carry a group id; the emulated one hands them
out in the order in which they came.
"""

import threading
from collections import deque
from collections.abc import Sequence
from itertools import count
from typing import Protocol

from footnote.local.event_source import Message

# Of one group, so that nobody's file waits for a batch of a neighbour's.
BATCH_SIZE = 2
# What SQS hands out at most at a time.
RECEIVED_TOGETHER = 10


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
    """Reads ahead as far as the queue goes; whose last turn is longest ago has the next one."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._lock = threading.Lock()
        self._groups: dict[str, deque[Message]] = {}
        self._turns = count(1)
        self._last_turn: dict[str, int] = {}

    def receive(self, *, wait_s: int) -> list[Message]:
        """A few messages of the group whose turn it is, after at most `wait_s` seconds."""
        with self._lock:
            wait_s = 0 if self._groups else wait_s
            full = True
            while full:
                messages = self._queue.receive(wait_s=wait_s)
                for message in messages:
                    self._groups.setdefault(_group(message), deque()).append(message)
                # A reply with room left was the end of the queue: asking again costs a request.
                full, wait_s = len(messages) == RECEIVED_TOGETHER, 0
            return self._next()

    def delete(self, receipt_handles: Sequence[str]) -> None:
        """Take messages that are done from the queue."""
        self._queue.delete(receipt_handles)

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        """Let a message that failed be received again after so many seconds."""
        self._queue.retry_after(receipt_handle, seconds=seconds)

    def _next(self) -> list[Message]:
        if not self._groups:
            return []
        group = min(self._groups, key=lambda group: self._last_turn.get(group, 0))
        self._last_turn[group] = next(self._turns)
        waiting = self._groups[group]
        messages = [waiting.popleft() for _ in range(min(BATCH_SIZE, len(waiting)))]
        if not waiting:
            del self._groups[group]
        return messages


def _group(message: Message) -> str:
    return str(message.get("Attributes", {}).get("MessageGroupId", ""))
