"""What may be sent: exactly as much as a limit says, and a refusal that names it one over."""

import base64
import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from footnote.http.api import build_api
from footnote.http.application import build_stream
from footnote.http.entrance import BODY_LIMIT_BYTES
from footnote.local.gateway import Gateway
from footnote.local.http_connection import BODY_LIMIT_BYTES as FRONT_LIMIT_BYTES
from footnote.postgres.connection import Database
from tests.integration.http.test_api import BACKUPS, EVENT, Api, api, uploads  # noqa: F401
from tests.integration.postgres.test_passages import publish
from tests.wsgi import Context

pytestmark = pytest.mark.integration
type Send = Callable[[str, bytes], tuple[int, str]]
STREAM = "/v1/ask/stream"
ASKING = ["/v1/search", "/v1/ask", STREAM, "/v1/chat/completions"]
# The port of `api` in test_api.py.
MOST_CHARS = 200


class Front:
    """The functions `api` and `stream` behind the front of one machine."""

    def __init__(self, asked: Api) -> None:
        self._ports = asked.ports

    def invoke(self, event: Any) -> object:
        return build_api(self._ports).resolve(event, Context())  # type: ignore[arg-type]

    def stream(self, event: Any) -> Iterator[dict[str, object]]:
        reply = build_stream(self._ports).resolve(event, Context())  # type: ignore[arg-type]
        if isinstance(reply["body"], str):
            yield {"result": reply}
            return
        parts = reply.pop("body")
        yield {"head": reply}
        yield from ({"part": part} for part in parts)


@pytest.fixture
def send(api: Api, database: Database) -> Iterator[Send]:
    publish(database, "a.md", [BACKUPS])
    front = Front(api)
    gateway = Gateway(0, front, front)  # type: ignore[arg-type]
    gateway.start()
    connection = http.client.HTTPConnection("127.0.0.1", gateway.server_port, timeout=30)

    def post(path: str, body: bytes) -> tuple[int, str]:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        return reply.status, reply.read().decode()

    yield post
    connection.close()
    gateway.stop()


def asking(path: str, question: str) -> dict[str, Any]:
    if path == "/v1/chat/completions":
        return {"model": "help", "messages": [{"role": "user", "content": question}]}
    return {"question": question, "knowledge_base": "help"}


@pytest.mark.parametrize("path", ASKING)
@pytest.mark.parametrize("letter", ["x", "é", "😀"])
def test_a_question_may_have_exactly_as_many_characters_as_the_limit_says(
    send: Send, path: str, letter: str
) -> None:
    fits, over = (asking(path, letter * length) for length in (MOST_CHARS, MOST_CHARS + 1))
    assert send(path, json.dumps(fits, ensure_ascii=False).encode())[0] == 200
    status, text = send(path, json.dumps(over, ensure_ascii=False).encode())
    error = json.loads(text)["error"]
    assert (status, error["code"]) == (413, "too_large")
    assert f"{MOST_CHARS} characters" in error["message"]
    assert error["request_id"]


@pytest.mark.parametrize("path", ASKING)
def test_a_body_may_have_exactly_as_many_bytes_as_the_limit_says(send: Send, path: str) -> None:
    body = json.dumps(asking(path, "how long are backups kept?")).encode()
    assert send(path, body.ljust(BODY_LIMIT_BYTES))[0] == 200
    status, text = send(path, body.ljust(BODY_LIMIT_BYTES + 1))
    error = json.loads(text)["error"]
    assert (status, error["code"]) == (413, "too_large")
    assert f"{BODY_LIMIT_BYTES} bytes" in error["message"]
    assert error["request_id"]


def test_letters_of_several_bytes_count_as_what_they_are_sent_as(send: Send) -> None:
    head, tail = b'{"question": "', b'"}'
    room = (BODY_LIMIT_BYTES - len(head) - len(tail)) // 4
    assert "characters" in send("/v1/ask", head + "😀".encode() * room + tail)[1]
    assert "bytes" in send("/v1/ask", head + "😀".encode() * (room + 1) + tail)[1]


@pytest.mark.parametrize(("path", "most"), [("/v1/search", 100), ("/v1/ask", 20), (STREAM, 20)])
def test_the_number_of_passages_is_refused_one_over_its_limit(
    send: Send, path: str, most: int
) -> None:
    fits, over = (asking(path, "backups?") | {"top_k": top_k} for top_k in (most, most + 1))
    assert send(path, json.dumps(fits).encode())[0] == 200
    status, text = send(path, json.dumps(over).encode())
    assert (status, json.loads(text)["error"]["code"]) == (400, "bad_request")
    assert f"top_k: Input should be less than or equal to {most}" in text


@pytest.mark.parametrize("path", ["/v1/ask", STREAM])
def test_the_id_of_a_conversation_is_refused_one_over_its_limit(send: Send, path: str) -> None:
    body = asking(path, "how long are backups kept?")
    assert send(path, json.dumps(body | {"conversation_id": "c" * 64}).encode())[0] == 200
    status, text = send(path, json.dumps(body | {"conversation_id": "c" * 65}).encode())
    assert (status, json.loads(text)["error"]["code"]) == (400, "bad_request")
    assert "conversation_id" in text
    assert "64 characters" in text


@pytest.mark.parametrize(
    ("path", "form"),
    [("/mcp", "jsonrpc"), ("/bedrock/retrieveAndGenerate", "__type"), ("/v1/feedback", "error")],
)
def test_other_peoples_forms_of_a_refusal_hold_for_a_body_over_the_limit(
    send: Send, path: str, form: str
) -> None:
    status, text = send(path, b" " * (BODY_LIMIT_BYTES + 1))
    assert status in {400, 413}
    assert form in json.loads(text)
    assert f"{BODY_LIMIT_BYTES} bytes" in text


def test_bytes_that_are_no_text_are_counted_as_what_they_are(api: Api) -> None:
    messages = []
    for size in (BODY_LIMIT_BYTES, BODY_LIMIT_BYTES + 1):
        body = base64.b64encode(b"\xff" * size).decode()
        event = EVENT | {"path": "/v1/ask", "body": body, "isBase64Encoded": True}
        reply = build_api(api.ports).resolve(event, Context())  # type: ignore[arg-type]
        messages.append((reply["statusCode"], json.loads(reply["body"])["error"]["message"]))
    (fits, not_utf8), (over, too_large) = messages
    assert (fits, not_utf8) == (400, "the body is not UTF-8")
    assert over == 413
    assert f"{BODY_LIMIT_BYTES + 1}" in too_large


def test_the_front_takes_as_much_as_api_gateway_and_names_that_limit_one_over(send: Send) -> None:
    assert f"{BODY_LIMIT_BYTES} bytes" in send("/v1/ask", b" " * FRONT_LIMIT_BYTES)[1]
    status, text = send("/v1/ask", b" " * (FRONT_LIMIT_BYTES + 1))
    assert (status, json.loads(text)["error"]["code"]) == (413, "too_large")
    assert "10 MB" in text
