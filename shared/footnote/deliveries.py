"""What SQS delivers to `ingest`: worked on, and then done, passed on, or to be delivered again."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from footnote.domain.deadline import Deadline
from footnote.domain.document import KnowledgeBaseId, knowledge_base_of
from footnote.domain.errors import DocumentHeldError, FootnoteError
from footnote.domain.masking import told
from footnote.domain.order import Verdict
from footnote.golden import GoldenPorts, run_due
from footnote.inbox.notifications import ObjectEvent, read_notification
from footnote.inbox.redelivery import Delivery, Redelivery, retry_later
from footnote.inbox.visits import SETTLED_S, Visit, visit_in, visit_message
from footnote.inbox.work import WorkQueue, work_message
from footnote.ingest import IngestPorts, Outcome, ingest
from footnote.observability import logger
from footnote.revisit import RevisitPorts, revisit

# So long questions are looked at again while documents may wait; what is left goes on behind them.
VISIT_S = 15.0
# A golden question that was begun may take as long as any question.
RESERVED_S = 30.0
# Until a document is looked at again that is being written: by then most are.
HELD_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPorts:
    """What working on deliveries needs from outside; `revisit` for questions without an answer."""

    ingest: IngestPorts
    redelivery: Redelivery
    work: WorkQueue
    revisit: RevisitPorts | None = None
    golden: GoldenPorts | None = None


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
    visits = {one.message_id: visit for one in deliveries if (visit := visit_in(one.body))}
    notes = [one for one in deliveries if one.message_id not in visits]
    read = [(delivery, event) for delivery in notes for event in _events(delivery, failed)]
    outcomes = ingest([event for _, event in read], ports.ingest, deadline=deadline)
    for (delivery, event), outcome in zip(read, outcomes, strict=True):
        error = _settle(event, outcome, ports)
        if error:
            failed.setdefault(delivery.message_id, error)
    changed = {
        knowledge_base_of(event.version.key)
        for (_, event), outcome in zip(read, outcomes, strict=True)
        if outcome is Verdict.ACCEPT
    }
    if ports.revisit:
        _request_visits(changed, ports.revisit, ports.work)
    failed |= _visit(visits, ports, deadline)
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
    if isinstance(outcome, DocumentHeldError):
        logger.info("ingested later", key=key, reason=str(outcome))
        return _pass_on(event, ports, delay_s=HELD_S)
    if isinstance(outcome, Exception):
        logger.warning("ingest failed", key=key, error=told(outcome), kind=type(outcome).__name__)
        return outcome
    logger.info("ingested", key=key, removed=event.removed, verdict=outcome)
    return _pass_on(event, ports) if outcome is Verdict.CONTINUE else None


def _pass_on(event: ObjectEvent, ports: DeliveryPorts, *, delay_s: int = 0) -> Exception | None:
    try:
        ports.work.send([work_message(event, delay_s=delay_s)])
    except FootnoteError as error:
        return error
    return None


def _request_visits(
    changed: Iterable[KnowledgeBaseId], ports: RevisitPorts, work: WorkQueue
) -> None:
    """Documents are ready already: where this fails, the hourly round asks for it."""
    if not changed:
        return
    try:
        untold = ports.visits.request(sorted(changed))
        work.send([visit_message(Visit(kb=kb), delay_s=SETTLED_S) for kb in untold])
    except FootnoteError as error:
        logger.warning("nobody was told to look at questions again", error=str(error))


def _visit(
    visits: Mapping[str, Visit], ports: DeliveryPorts, deadline: float
) -> dict[str, Exception]:
    failed: dict[str, Exception] = {}
    seconds = min(VISIT_S, max(0.0, deadline - time.monotonic() - RESERVED_S))
    for message_id, visit in visits.items():
        try:
            _look(visit, ports, Deadline.within(seconds / len(visits)))
        except FootnoteError as error:
            logger.warning("questions were not looked at again", kb=visit.kb, error=str(error))
            failed[message_id] = error
        except Exception as error:  # noqa: BLE001 documents came with it
            logger.exception("a defect in Footnote")
            failed[message_id] = error
    return failed


def _look(visit: Visit, ports: DeliveryPorts, deadline: Deadline) -> None:
    """What there is no time for goes on behind the documents that wait."""
    if ports.revisit is None:
        return
    begun_at = visit.begun_at or ports.revisit.visits.begin(visit.kb)
    done = revisit(visit.kb, begun_at, ports.revisit, deadline)
    if done and ports.golden:
        done = run_due(visit.kb, begun_at, ports.golden, deadline)
    if not done:
        ports.work.send([visit_message(replace(visit, begun_at=begun_at))])
