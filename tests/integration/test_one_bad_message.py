"""One message or document that meets a defect fails alone: its batch goes on without it."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

import pytest

from footnote.deliveries import DeliveryPorts, take_deliveries
from footnote.domain.document import KnowledgeBaseId, ObjectVersion
from footnote.domain.order import Verdict
from footnote.embedding.port import Vector
from footnote.inbox.side_by_side import side_by_side
from footnote.inbox.visits import Visit, visit_message
from footnote.intake import IntakePorts, take_in
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.revisit import RevisitPorts
from tests.fakes import FakeBucket
from tests.integration.test_deliveries import Queue, delivery
from tests.integration.test_ingest import KB, KEY, THIRTY, CountingEmbedder, World

if TYPE_CHECKING:
    from footnote.cascade_ports import CascadePorts
    from footnote.retrieve import RetrievePorts
    from footnote.revisit import Visits

pytestmark = pytest.mark.integration
BAD = "help/bad.md"


class Defective(PostgresDocuments):
    """Breaks at one key."""

    def admit(self, versions: Sequence[ObjectVersion]) -> list[Verdict]:
        if any(version.key == BAD for version in versions):
            message = "nobody thought of this"
            raise LookupError(message)
        return super().admit(versions)


class DefectiveEmbedder(CountingEmbedder):
    """Breaks at one text."""

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        if any("poison" in text for text in texts):
            message = "nobody thought of this"
            raise LookupError(message)
        return super().embed(texts)


class DefectiveVisits:
    """Break as soon as one begins."""

    def request(self, _kbs: Sequence[KnowledgeBaseId]) -> list[KnowledgeBaseId]:
        return []

    def begin(self, _kb: KnowledgeBaseId) -> datetime:
        message = "nobody thought of this"
        raise LookupError(message)


@pytest.fixture
def world(database: Database) -> World:
    return World(database, FakeBucket(), DefectiveEmbedder())


@pytest.fixture
def queue() -> Queue:
    return Queue()


def test_a_defect_at_one_event_leaves_the_others_of_its_batch_alone(
    world: World, queue: Queue
) -> None:
    ports = IntakePorts(documents=Defective(world.database), redelivery=queue, work=queue)
    bad = delivery(world.bucket.put(BAD, THIRTY))
    good = delivery(world.bucket.put(KEY, THIRTY))
    assert list(take_in([bad, good], ports)) == [bad.message_id]
    assert [message.body for message in queue.sent] == [good.body]
    assert queue.delayed == {bad.receipt_handle: 5}


def test_a_key_that_postgres_cannot_hold_is_no_document_for_anybody(
    world: World, queue: Queue
) -> None:
    documents = PostgresDocuments(world.database)
    ports = IntakePorts(documents=documents, redelivery=queue, work=queue)
    bad = world.bucket.put("help/a\0b.md", THIRTY)
    sidecar = world.bucket.put("help/a\0b.md.metadata.json", b"{}")
    good = world.bucket.put(KEY, THIRTY)
    assert take_in([delivery(one) for one in (bad, sidecar, good)], ports) == {}
    assert len(queue.sent) == 1
    assert [place.key for place in side_by_side(world.bucket.listing(""), [])] == [KEY]


def test_a_defect_at_one_text_leaves_the_other_documents_of_its_batch_alone(
    world: World, queue: Queue
) -> None:
    ports = DeliveryPorts(ingest=world.ports, redelivery=queue, work=queue)
    bad = delivery(world.bucket.put(BAD, b"# Bad\n\nThis is poison for the model.\n"))
    good = delivery(world.bucket.put(KEY, THIRTY))
    failed = take_deliveries([bad, good], ports, deadline=math.inf)
    assert list(failed) == [bad.message_id]
    assert world.status() == ("ready", "")


def test_a_defect_at_a_visit_leaves_the_documents_of_its_batch_alone(
    world: World, queue: Queue
) -> None:
    revisit = RevisitPorts(
        visits=cast("Visits", DefectiveVisits()),
        retrieve=cast("RetrievePorts", None),
        cascade=cast("CascadePorts", None),
    )
    ports = DeliveryPorts(ingest=world.ports, redelivery=queue, work=queue, revisit=revisit)
    visit = delivery(visit_message(Visit(kb=KB)).body)
    good = delivery(world.bucket.put(KEY, THIRTY))
    failed = take_deliveries([visit, good], ports, deadline=math.inf)
    assert list(failed) == [visit.message_id]
    assert world.status() == ("ready", "")
