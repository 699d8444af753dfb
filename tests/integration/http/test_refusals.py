"""Whatever is refused, on any route, is refused in one form, and a page reads why where it may."""

import http.client
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from typing import Any

import pytest

from footnote.access.door import Door
from footnote.domain.access import KeyKind, Limits, NewKey
from footnote.domain.document import KnowledgeBaseId, document_id_of
from footnote.http.entrance import BODY_LIMIT_BYTES
from footnote.local.gateway import Gateway
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from tests.integration.http.test_api import Api, api, uploads  # noqa: F401
from tests.integration.http.test_limits import Front

pytestmark = pytest.mark.integration
SITE, OTHER_SITE = "https://www.example.com", "https://evil.example"
type Answered = tuple[int, Any, Message]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
JSON = "application/json"
# What the key of a page may do.
OF_PAGES = ("/v1/search", "/v1/ask", "/v1/ask/stream", "/v1/feedback", "/v1/chat/completions")
OTHER_FORMS = ("/mcp", "/bedrock")


class Served:
    """The API over a socket."""

    def __init__(self, gateway: Gateway) -> None:
        self._port = gateway.server_port

    def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answered:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, sent)
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        is_json = reply.headers.get_content_type() == JSON
        return reply.status, json.loads(text) if is_json and text else text, reply.headers


class Running(Served):
    """The same with a key for programs and one for the pages of a site."""

    def __init__(self, gateway: Gateway, keys: PostgresAccessKeys) -> None:
        super().__init__(gateway)
        self.secret = keys.add(NewKey(kind=KeyKind.SECRET, name="n"))
        self.public = keys.add(_of_pages())
        self.busy = keys.add(_of_pages(Limits(requests_per_minute=1)))

    def routes(self) -> dict[str, set[str]]:
        _, schema, _ = self.call("GET", "/openapi.json")
        return {
            path: {verb.upper() for verb in verbs}
            for path, verbs in schema["paths"].items()
            if not path.startswith(OTHER_FORMS)
        }


def _of_pages(limits: Limits | None = None) -> NewKey:
    return NewKey(
        kind=KeyKind.PUBLISHABLE,
        name="n",
        knowledge_bases=(KnowledgeBaseId("help"),),
        origins=(SITE,),
        limits=limits or Limits(),
    )


@pytest.fixture
def running(api: Api, database: Database) -> Iterator[Running]:
    keys = PostgresAccessKeys(database)
    front = Front(Api(replace(api.ports, door=Door(keys))))
    gateway = Gateway(0, front, front)  # type: ignore[arg-type]
    gateway.start()
    yield Running(gateway, keys)
    gateway.stop()


def wrong(answered: Answered, *statuses: int) -> str:
    """What is not as it should be with a refusal; empty where all is."""
    status, reply, headers = answered
    if status not in statuses:
        return f"{status} instead of {statuses}: {reply!r}"
    if reply == b"":
        return "" if headers["x-amzn-RequestId"] else "no request id"
    if not isinstance(reply, dict) or set(reply) != {"error"}:
        return f"another form: {reply!r}"
    error = reply["error"]
    if not set(error) >= {"code", "message", "request_id"} or not error["message"]:
        return f"another form: {error}"
    if error["request_id"] != headers["x-amzn-RequestId"]:
        return "the id in the body is not the one in the head"
    return ""


def test_a_method_that_a_route_does_not_have_is_refused_in_the_one_form(running: Running) -> None:
    found: dict[str, str] = {}
    paths = running.routes() | {
        "/v1/none": set(),
        "/v1": set(),
        "/page/none.js": set(),
    }
    for path, verbs in paths.items():
        missing = set(METHODS) - verbs - ({"HEAD"} if "GET" in verbs else set())
        for method in sorted(missing):
            address = path.replace("{", "").replace("}", "")
            answered = running.call(
                method, address, authorization=f"Bearer {running.secret}", origin=SITE
            )
            found[f"{method} {path}"] = wrong(answered, 400, 404, 405)
            assert "Access-Control-Allow-Origin" not in answered[2], path  # its key is no page's
    assert len(found) > 100
    assert {place: problem for place, problem in found.items() if problem} == {}


def test_a_body_of_another_kind_is_refused_in_the_one_form_on_every_route(running: Running) -> None:
    found: dict[str, str] = {}
    authorization = f"Bearer {running.secret}"
    bodies = {
        "text/plain": b'{"question": "x"}',
        "application/x-www-form-urlencoded": b"question=x",
        "multipart/form-data; boundary=x": b"--x--",
        "": b"\xff\xfe",
        JSON: b"{",
        "application/json; charset=utf-16": '{"question": "x"}'.encode("utf-16"),
        f"{JSON}; x": b'{"nothing": "like this"}',
        f"{JSON}; array": b"[{}]",
    }
    for path, verbs in running.routes().items():
        for method in verbs & {"POST", "PUT", "PATCH"}:
            for content_type, body in bodies.items():
                sent = {"content_type": content_type, "authorization": authorization}
                answered = running.call(method, path.replace("{", ""), body, **sent)
                # A route that takes no body looks at none, and finds no such document.
                if answered[0] != 404:
                    found[f"{method} {path} {content_type}"] = wrong(answered, 400)
    assert len(found) > 50
    assert {place: problem for place, problem in found.items() if problem} == {}


@pytest.mark.parametrize("content_type", ["Application/JSON", "application/json ;charset=utf-8"])
def test_json_is_known_however_its_type_is_written(running: Running, content_type: str) -> None:
    body = b'{"question": "x", "knowledge_base": "help"}'
    sent = {"content_type": content_type, "authorization": f"Bearer {running.secret}"}
    assert running.call("POST", "/v1/search", body, **sent)[0] == 200


@pytest.mark.parametrize("path", ["/v1/search", "/mcp"])
@pytest.mark.parametrize(
    "form",
    [
        "application/x-www-form-urlencoded; a=json",
        "text/plain; a=json",
        "multipart/form-data; boundary=json",
    ],
)
def test_what_a_form_calls_json_is_none(running: Running, path: str, form: str) -> None:
    body = b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'
    sent = {"content_type": form, "authorization": f"Bearer {running.secret}"}
    status, reply, _ = running.call("POST", path, body, **sent)
    assert (status, reply["error"]["message"]) == (
        400,
        "send JSON, with the content type application/json",
    )


def test_no_cache_on_the_way_keeps_a_reply_unless_it_says_so(running: Running) -> None:
    for method, path, key, kept in (
        ("GET", "/v1/keys", running.secret, "no-store"),
        ("GET", "/v1/models", running.public, "no-store"),
        ("GET", "/v1/models", "", "no-store"),
        ("GET", "/v1/none", running.secret, "no-store"),
        ("HEAD", "/healthz", "", "no-store"),
        ("GET", "/healthz", "", "no-store"),
        ("GET", "/page/page.js", "", "no-cache"),
        ("GET", "/widget.js", "", "public, max-age=3600, stale-while-revalidate=86400"),
    ):
        headers = running.call(method, path, authorization=f"Bearer {key}", origin=SITE)[2]
        assert headers.get_all("Cache-Control") == [kept], path


@pytest.mark.parametrize("path", OF_PAGES)
def test_a_page_of_the_keys_site_reads_why_it_was_refused(running: Running, path: str) -> None:
    key = f"Bearer {running.public}"
    asking = {"authorization": key, "content_type": JSON, "origin": SITE}
    elsewhere = json.dumps(_elsewhere(path)).encode()
    for body, changes, status in (
        (b"{", {}, 400),
        (b"{}", {"content_type": "text/plain"}, 400),
        (b" " * (BODY_LIMIT_BYTES + 1), {}, 413),
        (b"{}", {"authorization": "Bearer no"}, 401),
        # So that a developer sees that the origin is the mistake.
        (b"{}", {"origin": OTHER_SITE}, 403),
        (elsewhere, {}, 404 if path == "/v1/feedback" else 403),
    ):
        answered = running.call("POST", path, body, **asking | changes)
        assert wrong(answered, status) == ""
        assert answered[2]["Access-Control-Allow-Origin"] == (asking | changes)["origin"]
        assert answered[2]["Vary"] == "Origin"
        assert "x-amzn-RequestId" in answered[2]["Access-Control-Expose-Headers"]


def _elsewhere(path: str) -> dict[str, Any]:
    """What is well formed, and not for this key."""
    if path == "/v1/chat/completions":
        return {"model": "other", "messages": [{"role": "user", "content": "x"}]}
    if path == "/v1/feedback":
        return {"question_id": str(uuid.uuid4()), "rating": "up"}
    return {"question": "x", "knowledge_base": "other"}


def test_a_page_reads_when_it_may_come_back(running: Running) -> None:
    asking = {"authorization": f"Bearer {running.busy}", "content_type": JSON, "origin": SITE}
    body = b'{"question": "x", "knowledge_base": "help"}'
    answers = [running.call("POST", "/v1/search", body, **asking) for _ in range(3)]
    refused = [one for one in answers if one[0] == 429]
    assert refused
    for answered in refused:
        assert wrong(answered, 429) == ""
        assert int(answered[2]["Retry-After"]) > 0
        assert "Retry-After" in answered[2]["Access-Control-Expose-Headers"]
        assert answered[2]["Access-Control-Allow-Origin"] == SITE


def test_a_preflight_lets_pages_send_what_their_keys_may_and_nothing_else(running: Running) -> None:
    for path, verbs in running.routes().items():
        for method in sorted(verbs):
            status, reply, headers = running.call(
                "OPTIONS",
                path.replace("{", "").replace("}", ""),
                origin=SITE,
                access_control_request_method=method,
            )
            if status == 204:
                assert path in OF_PAGES or path.startswith(("/v1/models", "/v1/conversations"))
                assert headers["Access-Control-Allow-Origin"] == SITE
                assert reply == b""
            else:
                assert wrong((status, reply, headers), 401, 403, 404) == "", path
                assert "Access-Control-Allow-Methods" not in headers


def test_without_keys_no_other_site_asks_or_changes_anything_through_a_browser(api: Api) -> None:
    front = Front(api)
    gateway = Gateway(0, front, front)  # type: ignore[arg-type]
    gateway.start()
    keyless = Served(gateway)
    document = f"/v1/documents/{document_id_of('help/a.md')}/retry"
    for path, body in (
        ("/v1/ask", b'{"question": "x"}'),
        ("/v1/ask/stream", b'{"question": "x"}'),
        (document, b""),  # as a form sends it, and so without asking first
        ("/mcp", b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'),
    ):
        for origin in (OTHER_SITE, "null", "http://["):
            answered = keyless.call("POST", path, body, content_type=JSON, origin=origin)
            assert answered[0] == 403, (path, answered)
        seen = keyless.call("GET", "/v1/models/help", sec_fetch_site="cross-site")
        assert (seen[0], "Access-Control-Allow-Origin" in seen[2]) == (403, False)
        own = f"http://127.0.0.1:{gateway.server_port}"
        assert keyless.call("POST", path, body, content_type=JSON, origin=own)[0] in {200, 404}
    gateway.stop()


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("BREW", "/v1/ask", (405,)),
        ("GET", "/" + "a" * 70_000, (414,)),
        ("GET", "/v1/documents/%00", (400, 401, 404)),
        ("GET", "/v1/documents/%ff%fe", (400, 401, 404)),
        ("GET", "/page/..%2f..%2fsettings.py", (401, 404)),
        ("GET", "/v1/usage?from=nan", (400,)),
        ("GET", "/v1/documents?cursor=%00", (400,)),
        ("GET", "/v1/documents/await?key=a&timeout_s=1e999", (400,)),
        ("GET", "/v1/documents?status=%F0%9F%98%80", (400,)),
        ("HEAD", "/v1/none", (404,)),
    ],
)
def test_what_is_odd_is_never_an_error_of_the_server(
    running: Running, method: str, path: str, statuses: tuple[int, ...]
) -> None:
    answered = running.call(method, path, authorization=f"Bearer {running.secret}")
    assert wrong(answered, *statuses) == ""


def test_what_the_front_refuses_by_itself_may_be_read_by_pages(running: Running) -> None:
    for answered, status in (
        (running.call("POST", "/v1/ask", b"", origin=SITE, content_length="99999999"), 413),
        (running.call("BREW", "/v1/ask", origin=SITE), 405),
    ):
        assert wrong(answered, status) == ""
        assert answered[2]["Access-Control-Allow-Origin"] == "*"
