"""Questions without an answer close by themselves, and open again, as documents come and go."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest

from footnote.deliveries import DeliveryPorts, take_deliveries
from footnote.domain.deadline import Deadline
from footnote.domain.document import KnowledgeBaseId, document_id_of
from footnote.domain.errors import InvalidRequestError
from footnote.domain.feedback import Rating
from footnote.domain.filter import Equals
from footnote.domain.unanswered import Cluster, ClusterState
from footnote.embedding.local import LocalEmbedder
from footnote.inbox.notifications import write_notification
from footnote.inbox.redelivery import Delivery
from footnote.inbox.visits import Visit, visit_in, visit_message
from footnote.inbox.work import WorkMessage
from footnote.intake import IntakePorts, take_in
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.unanswered import PostgresUnanswered
from footnote.postgres.visits import PostgresVisits
from footnote.revisit import RevisitPorts, revisit
from tests.fakes import FakeBucket, FakeEmbedder
from tests.integration.test_ingest import CountingEmbedder, World
from tests.integration.test_unanswered import local_embedder  # noqa: F401
from tests.unanswered import Desk

pytestmark = pytest.mark.integration
NORWAY = "Do you ship to Norway?"
SHIPPING = "We ship to Norway and Sweden within five days."
CHEESE = "Goat cheese ripens for three weeks in a cool cellar."


@dataclass
class Watch(Desk):
    """A desk whose questions are looked at again."""

    cascades: list[str] = field(default_factory=list)

    @property
    def revisiting(self) -> RevisitPorts:
        ports = self.ports

        def no_model(model: object) -> object:
            raise AssertionError(model)

        return RevisitPorts(
            visits=PostgresVisits(self.database),
            retrieve=ports.retrieve,
            cascade=replace(ports.cascade, generators=no_model),  # type: ignore[arg-type]
        )

    def look(self, seconds: float = 20) -> bool:
        ports = self.revisiting
        return revisit(self.kb, ports.visits.begin(self.kb), ports, Deadline.within(seconds))

    def only(self) -> Cluster:
        (cluster,) = self.clusters()
        return cluster

    def age(self) -> None:
        """As if the questions had been asked an hour ago."""
        with self.database.transaction() as connection:
            connection.execute(
                "update unanswered_question set asked_at = asked_at - '1 h'::interval"
            )


@pytest.fixture
def watch(database: Database, local_embedder: LocalEmbedder) -> Watch:
    found = Watch(database, local_embedder)
    found.publish("cheese.md", CHEESE)
    return found


def test_a_cluster_closes_by_itself_and_names_the_document_that_answers_it(watch: Watch) -> None:
    for text in (NORWAY, "Is delivery to Norway possible?"):
        assert watch.ask(text).answer.status == "declined"
    watch.publish("wine.md", "Red wine is kept in oak for a year.")
    assert watch.look()
    assert watch.only().state is ClusterState.OPEN
    watch.publish("shipping.md", "Parcels are blue.", SHIPPING)
    assert watch.look()
    cluster = watch.only()
    assert (cluster.state, cluster.questions) == ("closed", 2)
    assert cluster.closed_by
    assert cluster.closed_by.key == "help/shipping.md"
    assert (cluster.closed_by.page, cluster.closed_by.heading_path) == (2, ("shipping.md",))
    assert cluster.closed_by.quote in SHIPPING
    assert watch.ask(NORWAY).answer.citations[0].key == cluster.closed_by.key


def test_it_opens_again_when_the_document_goes_or_does_not_answer_it_any_more(
    watch: Watch,
) -> None:
    watch.ask(NORWAY)
    watch.publish("shipping.md", SHIPPING)
    for texts, state in (
        ((), "open"),
        ((SHIPPING,), "closed"),
        ((f"{SHIPPING} By boat.",), "closed"),
        ((CHEESE,), "open"),
    ):
        watch.publish("shipping.md", *texts)
        assert watch.look()
        assert (watch.only().state, watch.only().closed_by is not None) == (
            state,
            state == "closed",
        )


def test_another_new_document_takes_the_place_of_the_one_that_went(watch: Watch) -> None:
    watch.ask(NORWAY)
    for key in ("shipping.md", "countries.md"):
        watch.publish(key, f"{SHIPPING} See {key}.")
    watch.look()
    first = watch.only().closed_by
    assert first
    watch.publish(first.key.removeprefix("help/"))
    watch.look()
    second = watch.only().closed_by
    assert second
    assert {first.key, second.key} == {"help/shipping.md", "help/countries.md"}


def test_what_is_looked_at_twice_or_by_two_at_once_ends_in_the_same_state(watch: Watch) -> None:
    watch.ask(NORWAY)
    watch.publish("shipping.md", SHIPPING)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda _: watch.look(), range(2))) == [True, True]
    once = watch.only()
    assert once.state == "closed"
    watch.look()
    assert replace(watch.only(), checked_at=None) == replace(once, checked_at=None)


def test_a_document_that_was_there_does_not_answer_what_was_down_voted(watch: Watch) -> None:
    watch.publish("shipping.md", SHIPPING)
    watch.vote(watch.ask(NORWAY).question.question_id, Rating.DOWN)
    watch.look()
    assert watch.only().state == "open"
    watch.publish("norway.md", "Shipping to Norway: yes, we do ship to Norway, with the ferry.")
    watch.look()
    cluster = watch.only()
    assert (cluster.state, cluster.closed_by and cluster.closed_by.key) == (
        "closed",
        "help/norway.md",
    )


def test_what_somebody_opened_again_is_not_closed_by_what_was_there(watch: Watch) -> None:
    watch.ask(NORWAY)
    watch.publish("shipping.md", SHIPPING)
    watch.look()
    decided = PostgresUnanswered(watch.database)
    decided.set_state(watch.kb, watch.only().cluster_id, ClusterState.OPEN)
    watch.look()
    assert watch.only().state == "open"
    decided.set_state(watch.kb, watch.only().cluster_id, ClusterState.DISMISSED)
    watch.publish("shipping.md", f"{SHIPPING} Again.")
    watch.look()
    assert watch.only().state == "dismissed"


def test_a_document_that_the_filter_leaves_out_answers_nothing(watch: Watch) -> None:
    watch.ask(NORWAY, wanted=Equals(key="product", value="router"))
    watch.publish("shipping.md", SHIPPING, attributes={"product": "cheese"})
    watch.look()
    assert watch.only().state == "open"
    watch.publish("router.md", SHIPPING, attributes={"product": "router"})
    watch.look()
    assert watch.only().state == "closed"


def test_what_the_time_is_too_short_for_goes_on_later(watch: Watch) -> None:
    watch.ask(NORWAY)
    watch.publish("shipping.md", SHIPPING)
    assert not watch.look(seconds=0)
    assert watch.only().state == "open"
    assert watch.look()
    assert watch.only().state == "closed"


def test_questions_of_another_embedding_model_are_embedded_again_before_they_are_compared(
    watch: Watch, database: Database
) -> None:
    before = Watch(database, FakeEmbedder())
    before.declined(NORWAY)
    watch.publish("shipping.md", SHIPPING)
    watch.look()
    assert watch.only().state == "closed"
    watch.declined("Shipping to Sweden?")
    assert len(watch.clusters()) == 2


class Queues:
    """The queues, and what was sent to them."""

    def __init__(self) -> None:
        self.sent: list[WorkMessage] = []

    def send(self, messages: Sequence[WorkMessage]) -> None:
        self.sent += messages

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        del receipt_handle, seconds


def test_documents_that_come_together_ask_for_one_look_and_the_message_closes_the_cluster(
    database: Database,
) -> None:
    world, queues = World(database, FakeBucket(), CountingEmbedder()), Queues()
    watch = Watch(database, FakeEmbedder())
    ports = DeliveryPorts(
        ingest=world.ports, redelivery=queues, work=queues, revisit=watch.revisiting
    )

    def take(*bodies: str) -> dict[str, Exception]:
        arrived = [
            Delivery(message_id=body, body=body, receipt_handle=body, receive_count=1)
            for body in bodies
        ]
        return take_deliveries(arrived, ports, deadline=1e12)

    def put(key: str, text: str) -> str:
        return write_notification(world.bucket.put(key, text.encode()))

    assert take(put("help/cheese.md", f"# Cheese\n\n{CHEESE}\n")) == {}
    assert queues.sent == []
    watch.declined(NORWAY)
    watch.age()
    take(put("help/shipping.md", f"# Shipping\n\nYes: do you ship to Norway, {SHIPPING}\n"))
    take(put("help/wine.md", "# Wine\n\nRed wine is kept in oak for a year.\n"))
    (message,) = queues.sent
    assert (message.group, message.delay_s) == ("help", 3)
    assert watch.only().state == "open"
    assert take(message.body, message.body) == {}
    assert watch.only().closed_by
    assert watch.only().closed_by.document_id == document_id_of("help/shipping.md")  # type: ignore[union-attr]
    take(put("help/wine.md", "# Wine\n\nWhite wine is kept in steel.\n"))
    assert len(queues.sent) == 2


def test_the_hourly_round_asks_for_all_that_have_questions_without_an_answer(
    database: Database, local_embedder: LocalEmbedder
) -> None:
    visits = PostgresVisits(database)
    assert visits.request(None) == []
    for kb in ("help", "finance"):
        Watch(database, local_embedder, kb=KnowledgeBaseId(kb)).declined(NORWAY)
    assert sorted(visits.request(None)) == ["finance", "help"]
    assert visits.request(None) == []
    visits.begin(KnowledgeBaseId("help"))
    assert visits.request([KnowledgeBaseId("help"), KnowledgeBaseId("finance")]) == ["help"]


def test_a_message_that_was_moved_back_from_the_dead_letters_is_passed_on(
    database: Database,
) -> None:
    queues = Queues()
    ports = IntakePorts(documents=PostgresDocuments(database), redelivery=queues, work=queues)
    body = visit_message(Visit(kb=KnowledgeBaseId("help"))).body
    arrived = Delivery(message_id="m", body=body, receipt_handle="m", receive_count=1)
    assert take_in([arrived], ports) == {}
    assert [visit_in(message.body) for message in queues.sent] == [
        Visit(kb=KnowledgeBaseId("help"))
    ]
    other = replace(arrived, body='{"footnote": "visit", "knowledge_base": "No such"}')
    assert isinstance(take_in([other], ports)["m"], InvalidRequestError)
