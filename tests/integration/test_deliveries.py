"""From S3's notification to knowledge: what is passed on, continued, and delivered again."""

import json
import math
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import pytest

from footnote.deliveries import DeliveryPorts, take_deliveries
from footnote.domain.document import DocumentStatus, document_id_of
from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.inbox.notifications import ObjectEvent, read_notification, write_notification
from footnote.inbox.redelivery import Delivery
from footnote.inbox.work import WorkMessage
from footnote.intake import IntakePorts, take_in
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments, identity_of, lock_document
from tests.fakes import FakeBucket
from tests.integration.test_ingest import KEY, SIXTY, THIRTY, CountingEmbedder, World

pytestmark = pytest.mark.integration
_ids = count(1)
SIDECAR = f"{KEY}.metadata.json"


class Queue:
    """The queues of both functions."""

    def __init__(self) -> None:
        self.sent: list[WorkMessage] = []
        self.delayed: dict[str, int] = {}
        self.down = False

    def send(self, messages: Sequence[WorkMessage]) -> None:
        if self.down:
            message = "SQS answered 503"
            raise ObjectStorageUnavailableError(message)
        self.sent += messages

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        self.delayed[receipt_handle] = seconds


def delivery(body: ObjectEvent | str, *, received: int = 1) -> Delivery:
    text = body if isinstance(body, str) else write_notification(body)
    name = f"m{next(_ids)}"
    return Delivery(message_id=name, body=text, receipt_handle=name, receive_count=received)


@pytest.fixture
def world(database: Database) -> World:
    return World(database, FakeBucket(), CountingEmbedder())


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def intake(world: World, queue: Queue) -> IntakePorts:
    documents = PostgresDocuments(world.database)
    return IntakePorts(documents=documents, redelivery=queue, work=queue)


@pytest.fixture
def ports(world: World, queue: Queue) -> DeliveryPorts:
    return DeliveryPorts(ingest=world.ports, redelivery=queue, work=queue)


def test_what_is_news_waits_as_pending_and_goes_to_its_knowledge_bases_group(
    world: World, intake: IntakePorts, queue: Queue
) -> None:
    event = world.bucket.put(KEY, THIRTY)
    assert take_in([delivery(event)], intake) == {}
    assert world.status() == ("pending", "")
    (sent,) = queue.sent
    assert sent.group == "help"
    assert read_notification(sent.body) == (replace(event, removed=False),)


def test_readers_keep_the_old_version_while_the_new_one_waits(
    world: World, intake: IntakePorts
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    take_in([delivery(world.bucket.put(KEY, SIXTY))], intake)
    assert world.status()[0] == "pending"
    assert "thirty" in world.texts()[0]


def test_stale_events_folder_markers_and_test_messages_go_no_further(
    world: World, intake: IntakePorts, queue: Queue
) -> None:
    old, new = world.bucket.put(KEY, THIRTY), world.bucket.put(KEY, SIXTY)
    world.ingest(new)
    folder = world.bucket.put("help/folder/", b"")
    test = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"})
    assert take_in([delivery(body) for body in (old, new, folder, test)], intake) == {}
    assert queue.sent == []


def test_work_that_had_begun_before_a_new_event_was_noted_is_not_published(
    world: World, intake: IntakePorts
) -> None:
    old = world.bucket.put(KEY, THIRTY)
    claim = PostgresDocuments(world.database).claim(old.version)
    take_in([delivery(world.bucket.put(KEY, SIXTY))], intake)
    known = PostgresDocuments(world.database).claim(old.version)
    assert (claim.number, known.verdict) == (1, "stale")


def test_a_sidecar_is_news_of_its_document_and_is_none_itself(
    world: World, intake: IntakePorts, queue: Queue
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    sidecar = world.bucket.put(SIDECAR, b"{}")
    take_in([delivery(sidecar)], intake)
    (sent,) = queue.sent
    assert read_notification(sent.body)[0].version.key == SIDECAR
    assert world.status() == ("pending", "")
    assert PostgresDocuments(world.database).state(SIDECAR) is None


def test_a_sidecar_without_its_document_goes_no_further(
    world: World, intake: IntakePorts, queue: Queue
) -> None:
    never = world.bucket.put(SIDECAR, b"{}")
    assert take_in([delivery(never)], intake) == {}
    world.ingest(world.bucket.put(KEY, THIRTY))
    world.ingest(world.bucket.remove(KEY))
    gone = world.bucket.put(SIDECAR, b"{}")
    assert take_in([delivery(gone)], intake) == {}
    assert (queue.sent, world.status()[0]) == ([], "deleted")


def test_a_sidecar_of_a_sidecar_or_of_a_folder_describes_nothing(
    world: World, intake: IntakePorts, queue: Queue
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    world.bucket.put(SIDECAR, b"{}")
    for key in (f"{SIDECAR}.metadata.json", "help/.metadata.json", ".metadata.json"):
        event = world.bucket.put(key, b"{}")
        assert take_in([delivery(event)], intake) == {}
        assert world.ingest(event) == "duplicate"
    assert queue.sent == []
    assert PostgresDocuments(world.database).state(SIDECAR) is None


def test_ten_deliveries_of_a_sidecars_event_in_one_batch_are_done_at_once(
    world: World, ports: DeliveryPorts
) -> None:
    put = world.bucket.put(KEY, THIRTY)
    title = world.bucket.put(SIDECAR, b'{"metadataAttributes": {"title": "Safety"}}')
    messages = [delivery(event) for event in [title, put, *[title] * 10]]
    assert take_deliveries(messages, ports, deadline=math.inf) == {}
    assert world.status() == ("ready", "")
    row = PostgresDocuments(world.database).get(document_id_of(KEY))
    assert row is not None
    assert [entry["status"] for entry in row["history"]] == ["ready", "ready"]


def test_what_cannot_be_passed_on_is_delivered_again_and_then_accepted(
    world: World, intake: IntakePorts, queue: Queue
) -> None:
    message = delivery(world.bucket.put(KEY, THIRTY), received=2)
    queue.down = True
    assert list(take_in([message], intake)) == [message.message_id]
    assert queue.delayed == {message.receipt_handle: 15}
    queue.down = False
    assert take_in([message], intake) == {}
    assert len(queue.sent) == 1


def test_who_writes_a_document_for_long_holds_up_its_next_event_and_no_other(
    world: World, intake: IntakePorts, queue: Queue
) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    events = [world.bucket.put(KEY, SIXTY), world.bucket.put("other/a.md", THIRTY)]
    brief = replace(intake, documents=PostgresDocuments(world.database, waits_s=0.02))
    with world.database.transaction() as writing:
        lock_document(writing, identity_of(KEY))
        assert take_in([delivery(event) for event in events], brief) == {}
    assert [message.group for message in queue.sent] == ["help", "other"]
    assert (world.status(), world.status("other/a.md")[0]) == (("ready", ""), "pending")


def test_work_on_a_document_that_is_being_written_waits_outside_of_the_function(
    world: World, ports: DeliveryPorts, queue: Queue
) -> None:
    brief = replace(world.ports, documents=PostgresDocuments(world.database, waits_s=0.02))
    held = delivery(world.bucket.put(KEY, SIXTY))
    with world.database.transaction() as importing:
        PostgresDocuments(world.database)._accept(
            importing, world.bucket.put(KEY, THIRTY).version, DocumentStatus.PENDING
        )
        taken = take_deliveries([held], replace(ports, ingest=brief), deadline=math.inf)
    assert taken == {}
    (message,) = queue.sent
    assert (message.body, message.delay_s > 0) == (held.body, True)


def test_one_message_that_is_no_notification_does_not_hold_up_the_others(
    world: World, intake: IntakePorts, queue: Queue
) -> None:
    odd = delivery('{"surprise": true}')
    good = delivery(world.bucket.put(KEY, THIRTY))
    assert list(take_in([odd, good], intake)) == [odd.message_id]
    assert len(queue.sent) == 1


def test_a_batch_is_embedded_in_one_call(world: World, ports: DeliveryPorts) -> None:
    events = [
        world.bucket.put(f"help/{n}.md", f"# Part {n}\n\nText {n}.\n".encode()) for n in range(5)
    ]
    assert take_deliveries([delivery(e) for e in events], ports, deadline=math.inf) == {}
    assert (world.embedder.calls, world.embedder.texts) == (1, 5)


def test_an_outage_delays_each_message_by_how_often_it_failed(
    world: World, ports: DeliveryPorts, queue: Queue
) -> None:
    messages = [delivery(world.bucket.put(f"help/{n}.md", THIRTY), received=n) for n in (1, 2, 3)]
    world.bucket.unavailable = True
    failed = take_deliveries(messages, ports, deadline=math.inf)
    assert all(isinstance(error, ObjectStorageUnavailableError) for error in failed.values())
    assert list(queue.delayed.values()) == [5, 15, 45]


def test_a_document_that_the_model_refuses_does_not_take_its_neighbours_along(
    world: World, ports: DeliveryPorts
) -> None:
    world.embedder.refuses = "poison"
    bad = delivery(world.bucket.put("help/bad.md", b"# Bad\n\nThis is poison for the model.\n"))
    good = delivery(world.bucket.put(KEY, THIRTY))
    assert list(take_deliveries([bad, good], ports, deadline=math.inf)) == [bad.message_id]
    assert world.status() == ("ready", "")


def test_a_long_document_goes_on_in_the_next_invocation_and_tells_how_far_it_is(
    world: World, queue: Queue
) -> None:
    world.together = 2
    ports = DeliveryPorts(ingest=world.ports, redelivery=queue, work=queue)
    text = "\n\n".join(f"# Part {n}\n\n" + f"Sentence {n} of this part. " * 30 for n in range(6))
    message = delivery(world.bucket.put(KEY, text.encode()))
    # However late it is, each invocation gets one batch further.
    assert take_deliveries([message], ports, deadline=time.monotonic()) == {}
    row = PostgresDocuments(world.database).state(KEY)
    assert row is not None
    assert (row["status"], row["embedded"], row["to_embed"]) == ("processing", 2, 6)
    (again,) = queue.sent
    assert take_deliveries([delivery(again.body)], ports, deadline=math.inf) == {}
    assert world.status() == ("ready", "")
    assert world.embedder.texts == 6


def test_what_was_embedded_too_late_is_published_by_the_next_invocation_however_short(
    world: World, ports: DeliveryPorts, queue: Queue
) -> None:
    first = delivery(world.bucket.put(KEY, THIRTY))
    assert take_deliveries([first], ports, deadline=time.monotonic()) == {}
    assert world.status() == ("processing", "")
    (again,) = queue.sent
    assert take_deliveries([delivery(again.body)], ports, deadline=time.monotonic()) == {}
    assert world.status() == ("ready", "")
    assert world.embedder.texts == 1


def test_without_time_for_another_document_the_rest_of_a_batch_is_passed_on(
    world: World, ports: DeliveryPorts, queue: Queue
) -> None:
    events = [world.bucket.put(f"help/{n}.md", THIRTY) for n in range(3)]
    soon = time.monotonic() + 100  # less than reading one more may take
    assert take_deliveries([delivery(e) for e in events], ports, deadline=soon) == {}
    assert world.status("help/0.md") == ("ready", "")
    assert [read_notification(m.body)[0].version.key for m in queue.sent] == [
        "help/1.md",
        "help/2.md",
    ]


def test_the_object_itself_tells_what_became_of_it(world: World) -> None:
    put = world.bucket.put("help/a.pdf", b"no pdf at all")
    world.ingest(put)
    tags = world.bucket.tags["help/a.pdf", str(put.version.version_id)]
    assert tags["footnote-status"] == "failed"
    assert "PDF" in tags["footnote-reason"]


def test_an_event_that_comes_again_restores_the_tags_that_its_worker_did_not_get_to(
    world: World,
) -> None:
    put = world.bucket.put("help/a.pdf", b"no pdf at all")
    world.ingest(put)
    told = world.bucket.tags.pop(("help/a.pdf", str(put.version.version_id)))
    world.ingest(put)
    assert list(world.bucket.tags.values()) == [told]
