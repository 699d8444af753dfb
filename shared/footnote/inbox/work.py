"""The queue of work: one event a message, in groups that do not delay each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from footnote.domain.document import knowledge_base_of
from footnote.inbox.notifications import ObjectEvent, write_notification


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkMessage:
    """One event on its way to `ingest`; messages of a group do not delay those of another.

    It is received `delay_s` seconds after it was sent, at the earliest.
    """

    body: str
    group: str
    delay_s: int = 0


class WorkQueue(Protocol):
    """The queue that `ingest` reads: messages wait there in groups, one per knowledge base."""

    def send(self, messages: Sequence[WorkMessage]) -> None:
        """Send messages."""
        ...


def work_message(event: ObjectEvent, *, delay_s: int = 0) -> WorkMessage:
    """An event as `ingest` is told of it."""
    group = knowledge_base_of(event.version.key)
    return WorkMessage(body=write_notification(event), group=group, delay_s=delay_s)
