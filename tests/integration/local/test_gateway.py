"""The HTTP front over a real socket."""

import http.client
import json
import socket
import struct
import threading
import time
from collections.abc import Generator, Iterator
from http import HTTPStatus
from typing import Any

import pytest

from footnote.local.function import InvocationError
from footnote.local.gateway import Gateway
from footnote.local.http_connection import BODY_LIMIT_BYTES
from footnote.local.pool import ThrottledError

pytestmark = pytest.mark.integration


class FakeApi:
    def __init__(self) -> None:
        self.outcome: object = {"statusCode": 200, "body": "fine"}
        self.delay_s = 0.0
        self.events: list[Any] = []

    def invoke(self, event: object) -> object:
        self.events.append(event)
        time.sleep(self.delay_s)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def gateway(api: FakeApi) -> Iterator[Gateway]:
    running = Gateway(0, api)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def client(gateway: Gateway) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.server_port, timeout=10)
    yield connection
    connection.close()


def call(
    client: http.client.HTTPConnection, method: str = "GET", **options: Any
) -> tuple[int, dict[str, Any], http.client.HTTPResponse]:
    client.request(method, options.pop("path", "/v1/ask"), **options)
    response = client.getresponse()
    content = response.read()
    is_json = response.headers.get("Content-Type") == "application/json"
    return response.status, json.loads(content)["error"] if is_json else {}, response


def test_a_connection_is_kept_for_the_next_request(
    client: http.client.HTTPConnection, api: FakeApi
) -> None:
    call(client)
    first = client.sock
    call(client)
    assert client.sock is first
    assert len(api.events) == 2


def test_a_head_request_gets_the_length_of_the_body_that_a_get_returns(
    client: http.client.HTTPConnection, api: FakeApi
) -> None:
    client.request("HEAD", "/")
    response = client.getresponse()
    assert (response.headers["Content-Length"], response.read()) == ("4", b"")
    assert api.events[0]["httpMethod"] == "GET"  # the function has no route for HEAD


def test_a_body_over_the_limit_is_refused_in_the_contracts_form(
    client: http.client.HTTPConnection, api: FakeApi
) -> None:
    headers = {"Content-Length": str(BODY_LIMIT_BYTES + 1)}
    status, error, _ = call(client, "POST", headers=headers)
    assert (status, error["code"], api.events) == (413, "too_large", [])
    assert error["message"]
    assert error["request_id"]


def test_the_id_of_a_request_is_in_its_event_its_reply_and_its_error(
    client: http.client.HTTPConnection, api: FakeApi
) -> None:
    _, _, response = call(client, "GET")
    assert api.events[0]["requestContext"]["requestId"] == response.headers["x-amzn-RequestId"]
    api.outcome = InvocationError("ValueError", "broken")
    status, error, response = call(client, "GET")
    assert (status, error["request_id"]) == (502, response.headers["x-amzn-RequestId"])


def test_a_body_without_a_length_is_refused(client: http.client.HTTPConnection) -> None:
    # Only the head of the request: the refusal comes before a body could be sent.
    status, error, _ = call(client, "POST", headers={"Transfer-Encoding": "chunked"})
    assert (status, error["code"]) == (411, "bad_request")


def test_a_foreign_host_name_is_refused(client: http.client.HTTPConnection) -> None:
    status, error, _ = call(client, headers={"Host": "rebound.example"})
    assert (status, error["code"]) == (403, "forbidden")


def test_a_local_host_name_is_known_in_any_case(client: http.client.HTTPConnection) -> None:
    assert call(client, headers={"Host": "LocalHost:8080"})[0] == 200


def test_an_address_that_cannot_be_read_is_refused(gateway: Gateway, api: FakeApi) -> None:
    with socket.create_connection(("127.0.0.1", gateway.server_port), timeout=10) as client:
        client.sendall(b"GET http://[/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        reply = client.makefile("rb").read()
    assert reply.startswith(b"HTTP/1.1 400 ")
    assert b'"code": "bad_request"' in reply
    assert api.events == []


def test_a_client_that_hangs_up_leaves_no_trace_on_the_terminal(
    gateway: Gateway, api: FakeApi, capfd: pytest.CaptureFixture[str]
) -> None:
    api.delay_s, api.outcome = 0.3, {"statusCode": 200, "body": "x" * 1_000_000}
    with socket.create_connection(("127.0.0.1", gateway.server_port)) as hasty:
        hasty.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        hasty.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while not api.events:
            time.sleep(0.01)
    time.sleep(0.6)
    assert capfd.readouterr().err == ""


def test_a_request_that_is_no_http_is_answered_in_the_contracts_form(
    client: http.client.HTTPConnection,
) -> None:
    status, error, _ = call(client, "BREW")
    assert (status, error["code"]) == (405, "bad_request")


@pytest.mark.parametrize(
    ("outcome", "status", "code"),
    [
        (InvocationError("ValueError", "secret detail"), 502, "internal"),
        (InvocationError("Sandbox.Timedout", "Task timed out"), 504, "timeout"),
        (ThrottledError(), 503, "busy"),
        ({"statusCode": 200, "body": 42}, 502, "internal"),
    ],
)
def test_a_function_that_fails_is_answered_without_its_details(
    client: http.client.HTTPConnection, api: FakeApi, outcome: object, status: int, code: str
) -> None:
    api.outcome = outcome
    answered, error, response = call(client)
    assert (answered, error["code"]) == (status, code)
    assert "secret" not in error["message"]
    assert (response.headers["Retry-After"] == "1") == (status == 503)


def test_a_stop_lets_the_request_in_hand_finish(gateway: Gateway, api: FakeApi) -> None:
    api.delay_s = 0.5
    client = http.client.HTTPConnection("127.0.0.1", gateway.server_port, timeout=10)
    client.request("GET", "/")
    while not api.events:
        time.sleep(0.01)
    stopping = threading.Thread(target=gateway.stop)
    stopping.start()
    assert client.getresponse().status == 200
    stopping.join()
    client.close()


def test_a_stop_does_not_wait_for_clients_that_go_on_asking(gateway: Gateway, api: FakeApi) -> None:
    api.delay_s = 0.3
    statuses: list[int] = []
    refusals: list[dict[str, Any]] = []

    def ask_on() -> None:
        client = http.client.HTTPConnection("127.0.0.1", gateway.server_port, timeout=10)
        while not refusals:
            status, error, response = call(client)
            statuses.append(status)
            if status != HTTPStatus.OK:
                refusals.append(error | {"connection": response.headers["Connection"]})
        client.close()

    asking = threading.Thread(target=ask_on)
    asking.start()
    while not api.events:
        time.sleep(0.01)
    began = time.monotonic()
    gateway.stop()
    assert time.monotonic() - began < 5
    asking.join()
    assert set(statuses) == {200, 503}
    assert refusals[0]["code"] == "unavailable"
    assert refusals[0]["connection"] == "close"
    assert "stopping" in refusals[0]["message"]


def test_a_stop_waits_until_a_reply_was_sent(gateway: Gateway, api: FakeApi) -> None:
    api.outcome = {"statusCode": 200, "body": "x" * 8_000_000}
    client = http.client.HTTPConnection("127.0.0.1", gateway.server_port, timeout=10)
    client.request("GET", "/")
    while not api.events:
        time.sleep(0.01)
    stopping = threading.Thread(target=gateway.stop)
    stopping.start()
    stopping.join(timeout=0.5)
    assert stopping.is_alive()  # more than sockets hold is still to be sent
    assert len(client.getresponse().read()) == 8_000_000
    stopping.join(timeout=10)
    assert not stopping.is_alive()
    client.close()


class FakeStream:
    """Sends what it is told to, part by part; an error breaks it off."""

    def __init__(self) -> None:
        self.frames: list[Any] = []
        self.pause_s = 0.0
        self.ended = threading.Event()

    def stream(self, event: object) -> Generator[dict[str, object]]:  # noqa: ARG002
        try:
            for frame in self.frames:
                if isinstance(frame, Exception):
                    raise frame
                yield frame
                time.sleep(self.pause_s)
        finally:
            self.ended.set()


@pytest.fixture
def streamed() -> FakeStream:
    return FakeStream()


@pytest.fixture
def streaming(api: FakeApi, streamed: FakeStream) -> Iterator[http.client.HTTPConnection]:
    running = Gateway(0, api, streamed)
    running.start()
    connection = http.client.HTTPConnection("127.0.0.1", running.server_port, timeout=10)
    yield connection
    connection.close()
    running.stop()


HEAD = {"head": {"statusCode": 200, "headers": {"Content-Type": "text/event-stream"}}}
STREAM = "/v1/ask/stream"


def test_a_stream_is_sent_part_by_part_as_it_comes(
    streaming: http.client.HTTPConnection, streamed: FakeStream
) -> None:
    streamed.frames = [HEAD, {"part": "one"}, {"part": "tw\u00f6"}]
    streamed.pause_s = 0.4
    began = time.monotonic()
    streaming.request("POST", STREAM, body=b"{}")
    response = streaming.getresponse()
    first = response.read1()
    assert (first, time.monotonic() - began < 0.75) == (b"one", True)
    assert response.read() == "tw\u00f6".encode()
    assert time.monotonic() - began >= 0.8


def test_a_connection_is_kept_behind_a_stream(
    streaming: http.client.HTTPConnection, streamed: FakeStream
) -> None:
    streamed.frames = [HEAD, {"part": "one"}]
    for _ in range(2):
        status, _, _ = call(streaming, "POST", path=STREAM)
        assert status == 200


def test_a_reply_that_is_no_stream_has_its_length_and_its_status(
    streaming: http.client.HTTPConnection, streamed: FakeStream
) -> None:
    error = {"error": {"code": "bad_request", "message": "no", "request_id": "r"}}
    headers = {"Content-Type": "application/json"}
    result = {"statusCode": 400, "headers": headers, "body": json.dumps(error)}
    streamed.frames = [{"result": result}]
    status, told, response = call(streaming, "POST", path=STREAM)
    assert (status, told["code"]) == (400, "bad_request")
    assert response.headers["Content-Length"]


def test_a_stream_that_breaks_off_has_no_end_that_looks_like_one(
    streaming: http.client.HTTPConnection, streamed: FakeStream
) -> None:
    streamed.frames = [HEAD, {"part": "one"}, InvocationError("Sandbox.Timedout", "timed out")]
    streaming.request("POST", STREAM)
    with pytest.raises(http.client.IncompleteRead):
        streaming.getresponse().read()


@pytest.mark.parametrize(
    ("error", "status"),
    [(InvocationError("ValueError", "secret"), 502), (ThrottledError(), 503)],
)
def test_a_function_that_fails_before_it_streams_is_an_error_like_any_other(
    streaming: http.client.HTTPConnection, streamed: FakeStream, error: Exception, status: int
) -> None:
    streamed.frames = [error]
    answered, told, _ = call(streaming, "POST", path=STREAM)
    assert answered == status
    assert "secret" not in told["message"]


def test_a_client_that_hangs_up_ends_its_stream(
    streaming: http.client.HTTPConnection, streamed: FakeStream
) -> None:
    streamed.frames = [HEAD, *[{"part": "x" * 100_000}] * 200]
    streamed.pause_s = 0.01
    streaming.request("POST", STREAM)
    streaming.getresponse().read1()
    streaming.close()
    assert streamed.ended.wait(5)


def test_other_methods_and_paths_go_to_the_function_that_answers_whole(
    streaming: http.client.HTTPConnection, api: FakeApi
) -> None:
    call(streaming, "GET", path=STREAM)
    call(streaming, "POST", path="/v1/ask")
    assert [event["httpMethod"] for event in api.events] == ["GET", "POST"]


def test_a_client_that_knows_no_chunks_gets_all_at_once(
    streaming: http.client.HTTPConnection, api: FakeApi
) -> None:
    address = (streaming.host, streaming.port)
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(b"POST /v1/ask/stream HTTP/1.0\r\nHost: localhost\r\n\r\n")
        reply = client.makefile("rb").read()
    assert reply.endswith(b"\r\n\r\nfine")
    assert b"chunked" not in reply
    assert len(api.events) == 1
