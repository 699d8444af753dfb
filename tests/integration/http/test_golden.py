"""Golden questions over HTTP: asked once where their passages changed, compared, and accepted."""

import uuid
from dataclasses import replace
from typing import Any

import pytest

from footnote.deliveries import DeliveryPorts, take_deliveries
from footnote.domain.access import KeyKind
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import ModelUnavailableError, RateLimitedError
from footnote.inbox.redelivery import Delivery
from footnote.inbox.visits import Visit, visit_message
from footnote.postgres.connection import Database
from footnote.postgres.golden import PostgresGolden
from footnote.postgres.visits import PostgresVisits
from tests.asking import ScriptedGenerator, golden_ports
from tests.fakes import FakeBucket, FakeEmbedder
from tests.integration.http.test_api import Api, api, uploads  # noqa: F401
from tests.integration.http.test_keys import SITE, Guarded, guarded  # noqa: F401
from tests.integration.test_ingest import CountingEmbedder, World
from tests.integration.test_revisit import Queues, Watch
from tests.unanswered import Desk

pytestmark = pytest.mark.integration
HELP = {"knowledge_base": "help"}
QUESTION = "How long are backups kept?"
THIRTY = "Backups are kept for thirty days in every region."
SIXTY = "Backups are kept for sixty days in every region."


@pytest.fixture
def desk(database: Database) -> Desk:
    found = Desk(database, FakeEmbedder())
    found.publish("backups.md", THIRTY)
    return found


def add(api: Api, **more: Any) -> str:
    status, reply, _ = api.call("POST", "/v1/golden", HELP | {"question": QUESTION} | more)
    assert status == 200, reply
    return str(reply["golden_id"])


def run(api: Api, golden_id: str, **more: Any) -> dict[str, Any]:
    status, reply, _ = api.call("POST", f"/v1/golden/{golden_id}/run", HELP | more)
    assert status == 200, reply
    return reply


def test_it_is_asked_again_only_where_its_passages_changed(api: Api, desk: Desk) -> None:
    golden_id = add(api, expected="THIRTY days")
    assert run(api, golden_id)["outcome"] == "asked"
    same = run(api, golden_id)
    assert (same["outcome"], same["golden"]["holds_expected"]) == ("unchanged", True)
    assert run(api, golden_id, force=True)["golden"]["changes"] == []
    desk.publish("backups.md", SIXTY)
    changed = run(api, golden_id)
    assert changed["outcome"] == "asked"
    golden = changed["golden"]
    assert golden["changes"] == ["expected_lost", "citations", "text"]
    assert golden["holds_expected"] is False
    assert {"op": "removed", "text": "thirty"} in golden["words"]
    assert {"op": "added", "text": "sixty"} in golden["words"]
    assert run(api, golden_id)["outcome"] == "unchanged"


def test_a_decline_where_there_was_an_answer_is_told_and_can_be_accepted(
    api: Api, desk: Desk
) -> None:
    golden_id = add(api)
    run(api, golden_id)
    desk.publish("backups.md")
    assert run(api, golden_id)["golden"]["changes"] == ["declined", "citations", "text"]
    _, golden, _ = api.call("POST", f"/v1/golden/{golden_id}/accept", HELP)
    assert (golden["baseline"]["status"], golden["current"]) == ("declined", None)
    assert golden["changes"] == []
    assert desk.clusters() == []  # nobody asked it to know


def test_it_keeps_its_filter(api: Api, desk: Desk) -> None:
    desk.publish("router.md", SIXTY, attributes={"product": "router"})
    only = {"equals": {"key": "product", "value": "router"}}
    golden_id = add(api, question="For how many days are backups kept in a region?", filter=only)
    (citation,) = run(api, golden_id)["golden"]["baseline"]["citations"]
    assert citation["key"] == "help/router.md"


def test_a_model_is_asked_once_and_one_that_is_down_changes_nothing(
    api: Api, desk: Desk, database: Database
) -> None:
    model = ScriptedGenerator("m", ['They stay for thirty days. [1: "kept for thirty days"]'])
    asking = Api(replace(api.ports, golden=golden_ports(database, model)))
    golden_id = add(asking)
    before = run(asking, golden_id)["golden"]
    assert (before["baseline"]["model"], len(model.prompts)) == ("m", 1)
    desk.publish("backups.md", SIXTY)
    for error, status in (
        (ModelUnavailableError("down"), 503),
        (RateLimitedError("nothing left", retry_after_s=5), 429),
    ):
        failing = golden_ports(database, ScriptedGenerator("m", [error]))
        found = Api(replace(api.ports, golden=failing))
        assert found.call("POST", f"/v1/golden/{golden_id}/run", HELP)[0] == status
    _, reply, _ = api.call("GET", "/v1/golden", **HELP)
    assert reply["golden"] == [before]


def test_what_changes_asks_them_again_by_itself(api: Api, desk: Desk, database: Database) -> None:
    golden_id = add(api)
    run(api, golden_id)
    add(api, question="Never asked before?")
    desk.publish("backups.md", SIXTY)
    assert PostgresVisits(database).request([KnowledgeBaseId("help")]) == ["help"]
    queues, kb = Queues(), KnowledgeBaseId("help")
    world = World(database, FakeBucket(), CountingEmbedder())
    ports = DeliveryPorts(
        ingest=world.ports,
        redelivery=queues,
        work=queues,
        revisit=Watch(database, FakeEmbedder()).revisiting,
        golden=golden_ports(database),
    )
    body = visit_message(Visit(kb=kb)).body
    arrived = Delivery(message_id="m", body=body, receipt_handle="m", receive_count=1)
    assert take_deliveries([arrived], ports, deadline=0) == {}
    (later,) = queues.sent
    going_on = replace(arrived, body=later.body)
    assert take_deliveries([going_on], ports, deadline=1e12) == {}
    assert len(queues.sent) == 1
    _, reply, _ = api.call("GET", "/v1/golden", **HELP)
    first, second = reply["golden"]
    assert first["changes"] == ["citations", "text"]
    assert second["baseline"] is None


def test_there_are_so_many_at_most_and_they_can_be_removed(api: Api, database: Database) -> None:
    few = replace(api.ports.golden, questions=PostgresGolden(database, most=1))
    api = Api(replace(api.ports, golden=few))
    golden_id = add(api)
    body = HELP | {"question": "Another?"}
    status, reply, _ = api.call("POST", "/v1/golden", body)
    assert (status, reply["error"]["code"]) == (422, "unprocessable")
    path = f"/v1/golden/{golden_id}"
    assert api.call("DELETE", path)[0] == 404
    assert api.call("DELETE", path, **HELP)[0] == 200
    assert api.call("POST", f"{path}/run", HELP)[0] == 404
    assert api.call("POST", f"{path}/accept", HELP)[0] == 404
    assert api.call("GET", "/v1/golden", **HELP)[1] == {"golden": []}


def test_only_secret_keys_of_that_knowledge_base_reach_them(guarded: Guarded) -> None:
    pages = guarded.key(KeyKind.PUBLISHABLE, "help")
    other = guarded.key(KeyKind.SECRET, "other")
    body = HELP | {"question": QUESTION}
    path = f"/v1/golden/{uuid.uuid4()}"
    for method, where, sent in (
        ("POST", "/v1/golden", body),
        ("POST", f"{path}/run", HELP),
        ("POST", f"{path}/accept", HELP),
    ):
        assert guarded.call(method, where, sent, key=pages, origin=SITE)[0] == 403
        assert guarded.call(method, where, sent, key=other)[0] == 403
