"""What SQS delivers to `ingest`: worked on, and then done, passed on, or to be delivered again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from footnote.domain.errors import FootnoteError
from footnote.domain.order import Verdict
from footnote.inbox.notifications import ObjectEvent, read_notification
from footnote.inbox.redelivery import Delivery, Redelivery, retry_later
from footnote.inbox.work import WorkQueue, work_message
from footnote.ingest import IngestPorts, Outcome, ingest
from footnote.observability import logger


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPorts:
    """What working on deliveries needs from outside."""

    ingest: IngestPorts
    redelivery: Redelivery
    work: WorkQueue


def take_deliveries(
    deliveries: Sequence[Delivery], ports: DeliveryPorts, *, deadline: float
) -> dict[str, Exception]:
    """Work on messages until `deadline` on the monotonic clock.

    Work that does not fit into the time left goes on in another invocation: it is sent as a new
    message, because each delivery of this one counts towards its end among the dead letters.

    Returns:
        The messages that are to be delivered again, by their id, and why.
    """
    failed: dict[str, Exception] = {}
    read = [(delivery, event) for delivery in deliveries for event in _events(delivery, failed)]
    outcomes = ingest([event for _, event in read], ports.ingest, deadline=deadline)
    for (delivery, event), outcome in zip(read, outcomes, strict=True):
        error = _settle(event, outcome, ports)
        if error:
            failed.setdefault(delivery.message_id, error)
    for delivery in deliveries:
        if delivery.message_id in failed:
            retry_later(delivery, ports.redelivery)
    return failed


def _events(delivery: Delivery, failed: dict[str, Exception]) -> Iterator[ObjectEvent]:
    try:
        yield from read_notification(delivery.body)
    except FootnoteError as error:
        failed[delivery.message_id] = error


def _settle(event: ObjectEvent, outcome: Outcome, ports: DeliveryPorts) -> Exception | None:
    key = event.version.key
    if isinstance(outcome, Exception):
        logger.warning("ingest failed", key=key, error=str(outcome), kind=type(outcome).__name__)
        return outcome
    logger.info("ingested", key=key, removed=event.removed, verdict=outcome)
    if outcome is Verdict.CONTINUE:
        try:
            ports.work.send([work_message(event)])
        except FootnoteError as error:
            return error
    return None
