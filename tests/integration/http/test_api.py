"""The HTTP API against a real Postgres: the contract's replies, and its one form of error."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from footnote.access.door import Door
from footnote.domain.document import document_id_of
from footnote.domain.errors import (
    ModelRefusedError,
    ModelUnavailableError,
    ObjectStorageUnavailableError,
)
from footnote.domain.prompt import write_claim
from footnote.generation.hosted import HostedGenerator
from footnote.generation.port import Generator
from footnote.http.api import build_api
from footnote.http.ports import ApiPorts
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.feedback import PostgresFeedback
from footnote.postgres.knowledge_bases import PostgresKnowledgeBases
from footnote.postgres.labels import PostgresLabels
from footnote.postgres.passages import PostgresPassages
from footnote.postgres.recall import PostgresRecall
from footnote.postgres.retention import PostgresRetention
from footnote.postgres.spending import PostgresSpending
from footnote.postgres.unanswered import PostgresUnanswered
from footnote.postgres.usage import PostgresUsage
from footnote.retrieval.in_corpus import DECLINE_BELOW_ALONE
from tests.asking import (
    ScriptedGenerator,
    a_model,
    ask_ports,
    classify_ports,
    golden_ports,
    recent_models,
)
from tests.integration.postgres.test_passages import FORM, publish
from tests.openai_test_server import ChatReply, OpenAITestServer
from tests.wsgi import Context

pytestmark = pytest.mark.integration
EVENT = json.loads((Path(__file__).parents[3] / "events/api-ask.json").read_text())
IN_HELP = {"knowledge_base": "help"}
BACKUPS = "Backups are kept for thirty days in every region."


class FakeUploads:
    """A bucket that remembers what it was asked."""

    def __init__(self) -> None:
        self.deleted: list[str] = []
        self.current: str | None = None
        self.address = "https://bucket.example"

    def current_version(self, key: str) -> str | None:
        if self.current is None:
            message = f"S3 answered 503 for {key}"
            raise ObjectStorageUnavailableError(message)
        return self.current

    def delete(self, key: str) -> None:
        self.deleted.append(key)

    def upload_url(self, key: str, content_type: str) -> str:
        return f"{self.address}/{key}?type={content_type}"


@dataclass
class Api:
    """The API, called as API Gateway calls it."""

    ports: ApiPorts

    content_type: str = "application/json"

    def call(
        self, method: str, path: str, body: Any = None, **query: str
    ) -> tuple[int, dict[str, Any], dict[str, Any]]:
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        event = EVENT | {
            "httpMethod": method,
            "path": path,
            "body": text,
            "headers": {"Content-Type": self.content_type},
            "multiValueHeaders": {"Content-Type": [self.content_type]},
            "queryStringParameters": query or None,
            "multiValueQueryStringParameters": {name: [value] for name, value in query.items()}
            or None,
        }
        reply = build_api(self.ports).resolve(event, Context())  # type: ignore[arg-type]
        return reply["statusCode"], json.loads(reply["body"]), reply["multiValueHeaders"]

    def with_generator(self, generator: Generator) -> "Api":
        ask = self.ports.ask
        cascade = replace(ask.cascade, generators=lambda _: generator)
        models = recent_models(generator)
        return Api(replace(self.ports, ask=replace(ask, cascade=cascade, models=models)))


@pytest.fixture
def uploads() -> FakeUploads:
    return FakeUploads()


@pytest.fixture
def api(database: Database, uploads: FakeUploads) -> Api:
    return Api(
        ApiPorts(
            door=Door(None),
            ask=ask_ports(database),
            documents=PostgresDocuments(database),
            feedback=PostgresFeedback(database),
            classify=classify_ports(database),
            keys=PostgresAccessKeys(database),
            usage=PostgresUsage(database),
            budgets=PostgresSpending(database, None).budgets,
            knowledge_bases=PostgresKnowledgeBases(database),
            recall=PostgresRecall(database).report,
            unanswered=PostgresUnanswered(database),
            golden=golden_ports(database),
            labels=PostgresLabels(database),
            retention=PostgresRetention(database),
            conversation_turns=3,
            uploads=uploads,
            bucket="documents",
            notify=print,
            database_is_up=database.ping,
            embedding_model=FORM.model,
            max_question_chars=200,
            question_timeout_s=5,
            version="test",
        )
    )


@pytest.fixture
def unreachable() -> Iterator[Database]:
    away = Database("postgresql://nobody@127.0.0.1:1/none", connect_timeout_s=0.5)
    yield away
    away.close()


def test_a_search_gives_ranked_passages_with_their_place(api: Api, database: Database) -> None:
    publish(database, "a.md", [BACKUPS, "Invoices are sent monthly."])
    body = {"question": "how long are backups kept", "knowledge_base": "help", "top_k": 1}
    status, reply, _ = api.call("POST", "/v1/search", body)
    assert status == 200
    (passage,) = reply["passages"]
    assert set(passage) >= {"rank", "score", "document_id", "key", "version_id", "title", "page"}
    assert (passage["rank"], passage["key"], passage["text"]) == (1, "help/a.md", BACKUPS)
    assert sum(passage["shares"].values()) == pytest.approx(passage["score"])
    assert passage["bm25"] > 0
    assert reply["index_as_of"].startswith("2026-11-22T00:00:01")


def test_an_answer_has_a_marker_for_each_verbatim_citation(api: Api, database: Database) -> None:
    publish(database, "a.md", [BACKUPS])
    body = {"question": "how long are backups kept?", "knowledge_base": "help"}
    status, reply, _ = api.call("POST", "/v1/ask", body)
    assert (status, reply["status"], reply["model"]) == (200, "answered", "extractive")
    assert reply["answer"] == f"{BACKUPS} [1]"
    (citation,) = reply["citations"]
    assert (citation["quote"], citation["start"], citation["end"]) == (BACKUPS, 0, len(BACKUPS))
    assert set(reply) >= {"question_id", "conversation_id", "usage", "cost_usd", "timings_ms"}


def test_what_the_documents_do_not_hold_is_declined_without_asking_a_model(
    api: Api, database: Database
) -> None:
    publish(database, "a.md", [BACKUPS])
    asked = api.with_generator(ScriptedGenerator("m", [AssertionError("a model was asked")]))
    for kb in ("help", "empty"):
        body = {"question": "who won the chess olympiad in 1972?", "knowledge_base": kb}
        status, reply, _ = asked.call("POST", "/v1/ask", body)
        assert (status, reply["status"], reply["citations"]) == (200, "declined", [])
        assert reply["answer"] == "The documents do not say."


@pytest.mark.parametrize("path", ["/v1/search", "/v1/ask"])
def test_every_reply_tells_how_likely_it_is_that_the_documents_speak_of_it(
    api: Api, database: Database, path: str
) -> None:
    publish(database, "a.md", [BACKUPS])
    questions = ("how long are backups kept?", "who won the chess olympiad in 1972?")
    bodies = [{"question": one, "knowledge_base": "help"} for one in questions]
    near, far = (api.call("POST", path, body)[1]["in_corpus"] for body in bodies)
    assert 0 <= far < DECLINE_BELOW_ALONE <= near <= 1


@pytest.mark.parametrize("path", ["/v1/search", "/v1/ask"])
@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("", "there is no body"),
        ("{", "line 1 column 2"),
        ("[]", ""),
        ("null", ""),
        ({}, "question"),
        ({"question": ""}, "question"),
        ({"question": "   "}, "question"),
        ({"question": 1}, "question"),
        ({"question": "x", "knowledge_base": "No Such!"}, "knowledge_base"),
        ({"question": "x", "top_k": 0}, "top_k"),
        ({"question": "x", "top_k": "many"}, "top_k"),
        ({"question": "x", "surprise": 1}, "surprise"),
        ({"question": "x\0"}, "question"),
        ('{"question": "\\ud800"}', "question"),
        ("[" * 100_000, ""),
        ('{"top_k": ' + "9" * 5000 + "}", ""),
    ],
)
def test_a_bad_body_is_refused_with_the_place_of_the_mistake(
    api: Api, path: str, body: Any, place: str
) -> None:
    status, reply, _ = api.call("POST", path, body)
    assert status == 400
    assert set(reply["error"]) == {"code", "message", "request_id"}
    assert reply["error"]["code"] == "bad_request"
    assert place in reply["error"]["message"]


def test_a_hosted_models_claims_are_checked_before_they_become_an_answer(
    api: Api, database: Database
) -> None:
    publish(database, "a.md", [BACKUPS])
    written = (
        'Backups stay for thirty days. [1: "kept for thirty days"]'
        ' They cost nothing. [1: "free of charge"] Trust me.'
    )
    with OpenAITestServer(chat=lambda _: ChatReply(text=written)) as server:
        generator = HostedGenerator(a_model("test-model", server.base_url), api_key="k")
        body = {"question": "how long are backups kept?", "knowledge_base": "help"}
        status, reply, _ = api.with_generator(generator).call("POST", "/v1/ask", body)
    assert (status, reply["model"]) == (200, "test-model")
    assert reply["answer"] == "Backups stay for thirty days. [1]"
    assert [citation["quote"] for citation in reply["citations"]] == ["kept for thirty days"]
    assert reply["usage"]["output_tokens"] > 0


@pytest.mark.parametrize(
    "content_type", ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded", ""]
)
def test_a_body_of_another_kind_is_refused(api: Api, content_type: str) -> None:
    api.content_type = content_type
    status, reply, _ = api.call("POST", "/v1/search", {"question": "x"})
    assert (status, reply["error"]["code"]) == (400, "bad_request")
    assert "application/json" in reply["error"]["message"]


def test_a_question_over_the_limit_is_too_large(api: Api) -> None:
    status, reply, _ = api.call("POST", "/v1/ask", {"question": "x" * 201})
    assert (status, reply["error"]["code"]) == (413, "too_large")
    assert "200 characters" in reply["error"]["message"]


@pytest.mark.parametrize("path", ["/v1/search", "/v1/ask"])
def test_a_database_that_is_down_is_503_with_a_time_to_come_back(
    api: Api, unreachable: Database, path: str
) -> None:
    away = replace(api.ports.ask.retrieve, passages=PostgresPassages(unreachable))
    down = replace(api.ports.ask, retrieve=away)
    status, reply, headers = Api(replace(api.ports, ask=down)).call("POST", path, {"question": "x"})
    assert (status, reply["error"]["code"]) == (503, "unavailable")
    assert headers["Retry-After"] == ["2"]
    assert "127.0.0.1" not in json.dumps(reply)


@pytest.mark.parametrize(
    ("error", "fallback"),
    [
        (ModelUnavailableError("endpoint.example does not answer"), "unavailable"),
        (ModelRefusedError("endpoint.example refuses the key"), "refused"),
    ],
)
def test_a_model_that_fails_leaves_the_extractive_answer_marked_as_such(
    api: Api, database: Database, error: Exception, fallback: str
) -> None:
    publish(database, "a.md", [BACKUPS])
    body = {"question": "how long are backups kept?", "knowledge_base": "help"}
    failing = api.with_generator(ScriptedGenerator("broken", [error]))
    status, reply, _ = failing.call("POST", "/v1/ask", body)
    assert (status, reply["status"], reply["model"]) == (200, "answered", "extractive")
    assert (reply["fallback"], reply["answer"]) == (fallback, f"{BACKUPS} [1]")
    assert "endpoint.example" not in json.dumps(reply)


def test_an_unforeseen_error_tells_nothing_of_the_inside(api: Api, database: Database) -> None:
    publish(database, "a.md", [BACKUPS])
    body = {"question": "how long are backups kept?", "knowledge_base": "help"}
    failing = api.with_generator(ScriptedGenerator("m", [RuntimeError("secret-path /var/task")]))
    status, reply, _ = failing.call("POST", "/v1/ask", body)
    assert (status, reply["error"]["code"]) == (500, "internal")
    assert "secret-path" not in json.dumps(reply)
    assert reply["error"]["request_id"] == EVENT["requestContext"]["requestId"]


def test_documents_are_listed_page_by_page(api: Api, database: Database) -> None:
    for name in ("a.md", "b.md", "c.md"):
        publish(database, name, [BACKUPS])
    query = {"knowledge_base": "help", "limit": "2"}
    _, first, _ = api.call("GET", "/v1/documents", **query)
    _, second, _ = api.call("GET", "/v1/documents", **query, cursor=first["next_cursor"])
    keys = [document["key"] for document in first["documents"] + second["documents"]]
    assert keys == ["help/a.md", "help/b.md", "help/c.md"]
    assert second["next_cursor"] is None
    assert first["documents"][0]["status"] == "ready"


def test_the_first_page_counts_the_whole_knowledge_base_by_status(
    api: Api, database: Database
) -> None:
    for name in ("a.md", "b.md"):
        publish(database, name, [BACKUPS])
    query = {"knowledge_base": "help", "limit": "1"}
    _, first, _ = api.call("GET", "/v1/documents", **query, status="failed")
    _, page, _ = api.call("GET", "/v1/documents", **query)
    _, second, _ = api.call("GET", "/v1/documents", **query, cursor=page["next_cursor"])
    assert first["counts"] == {"ready": 2}
    assert second["counts"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "x"},
        {"status": "lost"},
        {"cursor": "%%%"},
        {"cursor": "AA=="},
        {"prefix": "\0"},
    ],
)
def test_bad_parameters_are_refused(api: Api, query: dict[str, str]) -> None:
    status, reply, _ = api.call("GET", "/v1/documents", **query)
    assert (status, reply["error"]["code"]) == (400, "bad_request")


def test_one_document_shows_its_history_and_its_chunks(api: Api, database: Database) -> None:
    publish(database, "a.md", [BACKUPS, "Invoices are sent monthly."])
    document_id = document_id_of("help/a.md")
    _, document, _ = api.call("GET", f"/v1/documents/{document_id}")
    assert (document["chunks"], document["history"][0]["status"]) == (2, "ready")
    _, page, _ = api.call("GET", f"/v1/documents/{document_id}/chunks", limit="1")
    _, rest, _ = api.call(
        "GET", f"/v1/documents/{document_id}/chunks", limit="1", cursor=page["next_cursor"]
    )
    assert [page["chunks"][0]["ordinal"], rest["chunks"][0]["ordinal"]] == [0, 1]
    assert page["chunks"][0]["text"] == BACKUPS


def test_a_cursor_of_another_list_is_refused(api: Api, database: Database) -> None:
    publish(database, "a.md", [BACKUPS])
    _, page, _ = api.call("GET", "/v1/documents", knowledge_base="help", limit="1")
    path = f"/v1/documents/{document_id_of('help/a.md')}/chunks"
    status, reply, _ = api.call("GET", path, cursor=page["next_cursor"])
    assert (status, reply["error"]["code"]) == (400, "bad_request")


def test_a_delete_takes_the_object_away(api: Api, database: Database, uploads: FakeUploads) -> None:
    publish(database, "a.md", [BACKUPS])
    status, _, _ = api.call("DELETE", f"/v1/documents/{document_id_of('help/a.md')}")
    assert (status, uploads.deleted) == (200, ["help/a.md"])


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_document_is_not_found(api: Api, method: str) -> None:
    status, reply, _ = api.call(method, f"/v1/documents/{document_id_of('help/none.md')}")
    assert (status, reply["error"]["code"]) == (404, "not_found")


def test_an_upload_says_where_to_send_the_file(api: Api) -> None:
    body = {"name": "a b.md", "knowledge_base": "help", "content_type": "text/markdown"}
    status, reply, _ = api.call("POST", "/v1/documents", body)
    assert (status, reply["key"]) == (200, "help/a b.md")
    assert reply["document_id"] == document_id_of("help/a b.md")
    assert reply["upload"]["method"] == "PUT"
    assert reply["upload"]["headers"] == {"Content-Type": "text/markdown"}


@pytest.mark.parametrize("content_type", ["", " ", "text/plain\r\nX-Other: 1", "text/\u00fc"])
def test_a_content_type_that_is_no_header_is_refused(api: Api, content_type: str) -> None:
    body = {"name": "a.md", "content_type": content_type}
    status, reply, _ = api.call("POST", "/v1/documents", body)
    assert (status, reply["error"]["code"]) == (400, "bad_request")
    assert reply["error"]["message"].startswith("content_type: ")


# Where an upload of the last ones goes is another place: clients resolve dots in an address.
@pytest.mark.parametrize("name", ["é" * 600, "folder/", "../other/a.md", "./a.md", "a/.."])
def test_a_name_that_can_be_no_document_is_unprocessable(api: Api, name: str) -> None:
    status, reply, _ = api.call("POST", "/v1/documents", {"name": name})
    assert (status, reply["error"]["code"]) == (422, "unprocessable")


def test_await_returns_at_once_for_what_is_settled(api: Api, database: Database) -> None:
    publish(database, "a.md", [BACKUPS])
    _, reply, _ = api.call("GET", "/v1/documents/await", key="help/a.md", version_id="v1")
    assert (reply["status"], reply["version_id"]) == ("ready", "v1")
    assert reply["overtaken"] is False


def test_await_tells_at_once_of_a_version_that_was_overtaken(
    api: Api, database: Database, uploads: FakeUploads
) -> None:
    publish(database, "a.md", [BACKUPS])
    uploads.current = "v1"
    began = time.monotonic()
    query = {"key": "help/a.md", "version_id": "v0", "timeout_s": "20"}
    status, reply, _ = api.call("GET", "/v1/documents/await", **query)
    assert time.monotonic() - began < 10
    assert (status, reply["overtaken"]) == (200, True)
    assert (reply["status"], reply["version_id"]) == ("ready", "v1")


@pytest.mark.parametrize("current", ["v2", None], ids=["is current", "bucket is down"])
def test_await_waits_for_a_version_that_may_yet_come(
    api: Api, database: Database, uploads: FakeUploads, current: str | None
) -> None:
    publish(database, "a.md", [BACKUPS])
    uploads.current = current
    query = {"key": "help/a.md", "version_id": "v2", "timeout_s": "0.3"}
    _, reply, _ = api.call("GET", "/v1/documents/await", **query)
    assert (reply["version_id"], reply["overtaken"]) == ("v1", False)


def test_await_gives_up_in_time_on_what_never_comes(api: Api) -> None:
    query = {"key": "help/none.md", "timeout_s": "0.2"}
    status, reply, _ = api.call("GET", "/v1/documents/await", **query)
    assert (status, reply["error"]["code"]) == (404, "not_found")


def test_health_tells_which_models_answer(api: Api) -> None:
    status, reply, _ = api.call("GET", "/healthz")
    assert (status, reply["status"]) == (200, "ok")
    assert (reply["generation_model"], reply["models"]) == ("extractive", [])


def test_health_tells_of_a_model_that_is_left_alone_for_a_while(
    api: Api, database: Database
) -> None:
    publish(database, "a.md", [BACKUPS])
    down = ScriptedGenerator("small", [ModelUnavailableError("busy", retry_after_s=60)])
    failing = api.with_generator(down)
    failing.call("POST", "/v1/ask", {"question": "how long are backups kept?"} | IN_HELP)
    _, reply, _ = failing.call("GET", "/healthz")
    (model,) = reply["models"]
    assert (reply["generation_model"], model["name"]) == ("small", "small")
    assert 55 < model["held_s"] <= 60


@pytest.mark.parametrize(("path", "status"), [("/dev", 302), ("/dev/", 200)])
def test_the_page_of_a_stage_is_served_below_a_slash(api: Api, path: str, status: int) -> None:
    event = EVENT | {"httpMethod": "GET", "path": "/", "body": None}
    event["requestContext"] = EVENT["requestContext"] | {"path": path, "stage": "dev"}
    reply = build_api(api.ports).resolve(event, Context())  # type: ignore[arg-type]
    assert reply["statusCode"] == status
    assert reply["multiValueHeaders"].get("Location", ["dev/"]) == ["dev/"]


def test_an_unknown_route_is_not_found_in_the_contracts_form(api: Api) -> None:
    status, reply, _ = api.call("GET", "/v1/nothing")
    assert (status, reply["error"]["code"]) == (404, "not_found")


def test_openapi_describes_every_route(api: Api) -> None:
    status, schema, _ = api.call("GET", "/openapi.json")
    assert (status, schema["openapi"][:3]) == (200, "3.1")
    assert set(schema["paths"]) >= {"/v1/search", "/v1/ask", "/v1/documents", "/healthz"}


@pytest.mark.parametrize("path", ["/v1/search", "/v1/ask"])
def test_a_filter_leaves_the_documents_whose_sidecar_says_so(
    api: Api, database: Database, path: str
) -> None:
    for year in (2024, 2025, 2026):
        text = f"In {year} backups are kept for thirty days."
        publish(database, f"{year}.md", [text], attributes={"year": year, "product": ["router"]})
    filter_ = {
        "and": [
            {"equals": {"key": "product", "value": "router"}},
            {"range": {"key": "year", "gte": 2025}},
            {"not": {"in": {"key": "year", "values": [2026, "2025"]}}},
        ]
    }
    body = {"question": "thirty days of backups?", "knowledge_base": "help", "filter": filter_}
    status, reply, _ = api.call("POST", path, body)
    assert status == 200
    sources = reply["passages"] if path == "/v1/search" else reply["citations"]
    assert [source["key"] for source in sources] == ["help/2025.md"]
    nothing = {"exists": {"key": "'; drop table document; --"}}
    status, reply, _ = api.call("POST", path, body | {"filter": nothing})
    assert status == 200
    assert not (reply["passages"] if path == "/v1/search" else reply["citations"])


@pytest.mark.parametrize(
    ("filter_", "told"),
    [
        ({}, "filter: give exactly one of equals, in, range, exists, and, or, not"),
        ({"and": [{"equals": {"key": "a"}}]}, "filter.and.0.equals.value: Field required"),
        ({"equals": {"key": "a", "value": [1]}}, "filter.equals.value: has to be a text, a number"),
        ({"range": {"key": "a", "gt": True}}, "filter.range.gt: has to be a number or a text"),
        ({"in": {"key": "a", "values": ["x" * 3000]}}, "filter.in.values.0.text: "),
        ({"range": {"key": "a"}}, "filter.range: a range has one of gt, gte, lt, lte or more"),
        ({"or": [{"exists": {"key": "a"}}] * 64}, "filter: a filter has 64 conditions at most"),
        ("year>=2025", "filter: "),
    ],
)
def test_what_is_no_filter_is_refused_with_its_place_and_the_reason(
    api: Api, filter_: object, told: str
) -> None:
    body = {"question": "how long?", "filter": filter_}
    status, reply, _ = api.call("POST", "/v1/search", body)
    assert (status, reply["error"]["code"]) == (400, "bad_request")
    assert reply["error"]["message"].startswith(told)


def test_the_form_of_a_filter_is_in_the_description_of_the_api(api: Api) -> None:
    _, described, _ = api.call("GET", "/openapi.json")
    schemas = described["components"]["schemas"]
    form = schemas["FilterForm"]
    grammar = {"equals", "in", "range", "exists", "and", "or", "not"}
    assert set(form["properties"]) == grammar
    assert (form["minProperties"], form["maxProperties"], len(form["examples"])) == (1, 1, 2)
    for request in ("SearchRequest", "AskRequest"):
        assert "FilterForm" in json.dumps(schemas[request]["properties"]["filter"])


def test_the_recall_of_a_small_knowledge_base_needs_no_checks(api: Api, database: Database) -> None:
    publish(database, "a.md", [BACKUPS])
    status, reply, _ = api.call("GET", "/v1/recall", knowledge_base="help")
    assert status == 200
    assert reply == {
        "knowledge_base": "help",
        "chunks": 1,
        "exact": True,
        "checks": 0,
        "measured": 0,
        "recall": None,
        "lowest": None,
    }


def test_a_model_reads_on_beside_a_passage_and_its_quote_from_there_has_its_own_place(
    api: Api, database: Database
) -> None:
    after = "They are then moved to the cold archive in Oslo."
    texts = ["The night shift starts at ten.", BACKUPS, after]
    publish(database, "a.md", texts, headings=["Setup"] * 3)
    body = {"question": "how long are backups kept?", "top_k": 1} | IN_HELP
    _, found, _ = api.call("POST", "/v1/search", body)
    assert [passage["text"] for passage in found["passages"]] == [BACKUPS]
    model = ScriptedGenerator("m", [f"{after} {write_claim(1, after)}"])
    _, reply, _ = api.with_generator(model).call("POST", "/v1/ask", body)
    (citation,) = reply["citations"]
    document = "\n\n".join(texts)
    assert (citation["quote"], citation["page"]) == (after, 3)
    assert document[citation["start"] : citation["end"]] == after
    # Without a model the sentence that was found is the answer, not the ones beside it.
    _, extract, _ = api.call("POST", "/v1/ask", body)
    assert [one["quote"] for one in extract["citations"]] == [BACKUPS]
