"""What S3 tells is noted at once and passed on: who waits is known, and neighbours stay fair.

It takes a few milliseconds whatever the files are, so the notifications queue never grows long;
the order of work is decided behind it, in a queue that knows whose work waits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from footnote.domain.document import ObjectVersion, document_key_of
from footnote.domain.errors import FootnoteError
from footnote.domain.order import Verdict
from footnote.inbox.notifications import ObjectEvent, read_notification
from footnote.inbox.redelivery import Delivery, Redelivery, retry_later
from footnote.inbox.visits import visit_in, visit_message
from footnote.inbox.work import WorkQueue, work_message
from footnote.observability import logger


class Documents(Protocol):
    """Where each document stands."""

    def admit(self, versions: Sequence[ObjectVersion]) -> list[Verdict]:
        """Note events that wait for their work."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakePorts:
    """What intake needs from outside."""

    documents: Documents
    redelivery: Redelivery
    work: WorkQueue


def take_in(deliveries: Sequence[Delivery], ports: IntakePorts) -> dict[str, Exception]:
    """Note the events of some messages as pending, and pass on those that are news.

    Returns:
        The messages that are to be delivered again, by their id, and why.
    """
    failed: dict[str, Exception] = {}
    # From the hourly round, and from dead letters that were moved back.
    visits = {one.message_id: visit for one in deliveries if (visit := visit_in(one.body))}
    notes = [one for one in deliveries if one.message_id not in visits]
    events = [event for delivery in notes for event in _events(delivery, failed)]
    try:
        news = [work_message(event) for event in _news(events, ports.documents)]
        ports.work.send([*news, *map(visit_message, set(visits.values()))])
    except FootnoteError as error:
        failed = {delivery.message_id: error for delivery in deliveries} | failed
    except Exception as error:  # noqa: BLE001 one defect must not hold up the whole batch
        if len(deliveries) > 1:
            parted = (take_in([delivery], ports) for delivery in deliveries)
            return {name: why for found in parted for name, why in found.items()}
        logger.exception("a defect in Footnote")
        failed = {deliveries[0].message_id: error}
    for delivery in deliveries:
        if delivery.message_id in failed:
            retry_later(delivery, ports.redelivery)
    return failed


def _events(delivery: Delivery, failed: dict[str, Exception]) -> Iterator[ObjectEvent]:
    try:
        events = read_notification(delivery.body)
    except FootnoteError as error:
        failed[delivery.message_id] = error
        return
    # A console's folder marker is no document.
    yield from (event for event in events if document_key_of(event.version.key))


def _news(events: Sequence[ObjectEvent], documents: Documents) -> list[ObjectEvent]:
    verdicts = documents.admit([event.version for event in events])
    pairs = zip(events, verdicts, strict=True)
    return [event for event, verdict in pairs if verdict is Verdict.ACCEPT]
