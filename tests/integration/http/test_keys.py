"""The API with keys: nothing without one, and with one only what it is for."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest

from footnote.access.door import Door
from footnote.domain.access import KeyKind, Limits, NewKey
from footnote.domain.document import KnowledgeBaseId, document_id_of
from footnote.http.api import build_api
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from footnote.postgres.ledger import PostgresLedger
from tests.integration.http.test_api import EVENT, Api, api, uploads  # noqa: F401
from tests.integration.postgres.test_passages import publish
from tests.wsgi import Context

pytestmark = pytest.mark.integration
SITE = "https://www.example.com"
OTHER_SITE = "https://evil.example"
OPEN = {"/healthz", "/openapi.json", "/", "/page/{name}"}
QUESTION = {"question": "how long are backups kept?", "knowledge_base": "help"}


class Guarded:
    """The API behind its door, called with a key and from a page."""

    def __init__(self, api: Api, database: Database) -> None:
        self.keys = PostgresAccessKeys(database)
        ask = replace(api.ports.ask, ledger=PostgresLedger(database))
        self._api = build_api(replace(api.ports, door=Door(self.keys), ask=ask))

    def key(self, kind: KeyKind = KeyKind.SECRET, *kbs: str, **limits: int) -> str:
        return self.keys.add(
            NewKey(
                kind=kind,
                name="n",
                knowledge_bases=tuple(KnowledgeBaseId(kb) for kb in kbs),
                origins=(SITE,) if kind is KeyKind.PUBLISHABLE else (),
                limits=Limits(**limits),  # type: ignore[arg-type]
            )
        )

    def call(
        self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str
    ) -> tuple[int, Any, dict[str, list[str]]]:
        path, _, query = path.partition("?")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Content-Type": "application/json"}
        sent |= {"authorization": f"Bearer {key}"} if key else {}
        event = EVENT | {
            "httpMethod": method,
            "path": path,
            "body": json.dumps(body) if body else None,
            "multiValueQueryStringParameters": parse_qs(query),
            "headers": sent,
            "multiValueHeaders": {name: [value] for name, value in sent.items()},
        }
        reply = self._api.resolve(event, Context())  # type: ignore[arg-type]
        listed = {name: [value] for name, value in reply.get("headers", {}).items()}
        text = reply["body"]
        content = json.loads(text) if text.startswith("{") else text
        return reply["statusCode"], content, reply.get("multiValueHeaders", listed)


@pytest.fixture
def guarded(api: Api, database: Database) -> Guarded:
    publish(database, "a.md", ["Backups are kept for thirty days in every region."])
    return Guarded(api, database)


def routes(guarded: Guarded) -> list[tuple[str, str]]:
    _, schema, _ = guarded.call("GET", "/openapi.json")
    return [(verb.upper(), path) for path, verbs in schema["paths"].items() for verb in verbs]


def test_every_route_but_the_page_and_health_wants_a_key(guarded: Guarded) -> None:
    wanting = [(method, path) for method, path in routes(guarded) if path not in OPEN]
    assert len(wanting) >= 10
    for method, path in [*wanting, ("GET", "/v1/no-such-route"), ("PUT", "/")]:
        for key in ("", "sk_ABCDEFGHIJ_" + "a" * 32):
            status, reply, headers = guarded.call(method, path, key=key)
            assert (status, reply["error"]["code"]) == (401, "unauthorized"), path
            assert headers["WWW-Authenticate"] == ["Bearer"]
    for path in ("/healthz", "/openapi.json", "/", "/page/page.css", "/widget.js"):
        assert guarded.call("GET", path)[0] == 200


def test_a_secret_key_does_everything(guarded: Guarded) -> None:
    key = guarded.key()
    assert guarded.call("POST", "/v1/ask", QUESTION, key=key)[1]["status"] == "answered"
    document = document_id_of("help/a.md")
    assert guarded.call("GET", f"/v1/documents/{document}", key=key)[0] == 200


def test_a_publishable_key_manages_nothing(guarded: Guarded) -> None:
    key = guarded.key(KeyKind.PUBLISHABLE, "help")
    public = {"/v1/ask", "/v1/search", "/v1/feedback", "/v1/ask/stream"}
    public |= {"/v1/chat/completions", "/v1/models", "/v1/models/{model}"}
    public |= {"/v1/conversations/{conversation_id}"}
    for method, path in routes(guarded):
        if path in OPEN | public:
            continue
        status, reply, headers = guarded.call(method, path, key=key, origin=SITE)
        assert (status, reply["error"]["code"]) == (403, "forbidden"), path
        assert "Access-Control-Allow-Origin" not in headers


def test_a_key_reaches_its_own_knowledge_bases_only(guarded: Guarded) -> None:
    key = guarded.key(KeyKind.SECRET, "other")
    document = document_id_of("help/a.md")
    for method, path, body in (
        ("POST", "/v1/ask", QUESTION),
        ("POST", "/v1/search", QUESTION),
        ("POST", "/v1/documents", {"name": "a.md", "knowledge_base": "help"}),
        ("GET", "/v1/documents", None),
        ("GET", "/v1/recall", None),
        ("GET", "/v1/knowledge-bases/help/settings", None),
        ("PUT", "/v1/knowledge-bases/help/settings", {"persona": "a pirate"}),
    ):
        status, reply, _ = guarded.call(method, path, body, key=key)
        assert (status, reply["error"]["code"]) == (403, "forbidden"), path
    # Whether such a document exists is none of its business.
    for method, end in (("GET", ""), ("GET", "/chunks"), ("DELETE", ""), ("POST", "/retry")):
        status, reply, _ = guarded.call(method, f"/v1/documents/{document}{end}", key=key)
        assert (status, reply["error"]["code"]) == (404, "not_found")


def test_a_page_reads_the_reply_only_where_its_key_is_for_it(guarded: Guarded) -> None:
    key = guarded.key(KeyKind.PUBLISHABLE, "help")
    status, _, headers = guarded.call("POST", "/v1/ask", QUESTION, key=key, origin=SITE)
    assert (status, headers["Access-Control-Allow-Origin"]) == (200, [SITE])
    status, reply, _ = guarded.call("POST", "/v1/ask", QUESTION, key=key, origin=OTHER_SITE)
    assert (status, reply["error"]["code"]) == (403, "forbidden")
    _, _, headers = guarded.call("POST", "/v1/ask", QUESTION, key=guarded.key(), origin=SITE)
    assert "Access-Control-Allow-Origin" not in headers


def test_browsers_are_told_before_what_pages_may_send(guarded: Guarded) -> None:
    asked = {"origin": SITE, "access_control_request_method": "POST"}
    status, _, headers = guarded.call("OPTIONS", "/v1/ask", **asked)
    assert (status, headers["Access-Control-Allow-Origin"]) == (204, [SITE])
    assert "Authorization" in headers["Access-Control-Allow-Headers"][0]
    status, _, headers = guarded.call("OPTIONS", "/v1/documents", **asked)
    assert status == 401
    assert "Access-Control-Allow-Origin" not in headers


def test_over_its_limit_a_page_can_read_when_to_come_back(guarded: Guarded) -> None:
    key = guarded.key(KeyKind.PUBLISHABLE, "help", visitor_requests_per_minute=1)
    assert guarded.call("POST", "/v1/ask", QUESTION, key=key, origin=SITE)[0] == 200
    status, reply, headers = guarded.call("POST", "/v1/ask", QUESTION, key=key, origin=SITE)
    assert (status, reply["error"]["code"]) == (429, "rate_limited")
    assert headers["Access-Control-Allow-Origin"] == [SITE]
    assert 50 < int(headers["Retry-After"][0]) <= 60


def test_a_header_that_clients_forge_makes_no_new_visitor(guarded: Guarded) -> None:
    key = guarded.key(KeyKind.PUBLISHABLE, "help", visitor_requests_per_minute=2)
    forged = [
        guarded.call(
            "POST", "/v1/search", QUESTION, key=key, origin=SITE, x_forwarded_for=f"198.51.100.{n}"
        )[0]
        for n in range(4)
    ]
    assert forged == [200, 200, 429, 429]


def test_head_is_get_without_its_body(guarded: Guarded) -> None:
    assert guarded.call("HEAD", "/healthz")[:2] == (200, "")
    assert guarded.call("HEAD", "/v1/nowhere", key=guarded.key())[:2] == (404, "")
    assert guarded.call("HEAD", "/v1/documents")[:2] == (401, "")
