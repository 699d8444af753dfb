"""A simulator of an OpenAI-compatible server: no model behind it, faults on demand, for tests only.

Answers come from a function that the test gives, embeddings from `FakeEmbedder`, files and
fine-tuning jobs from `SimulatedFineTuning`, which trains nothing. A fault takes the place of one
answer: `server.faults.append(status(429, retry_after="1"))`, and `latency_s` lies before each.
"""

import base64
import gzip
import json
import re
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, override
from urllib.parse import parse_qsl, urlsplit

from tests.fakes import FakeEmbedder
from tests.simulated_fine_tuning import RefusedRequestError, SimulatedFineTuning, read_form

type Json = dict[str, Any]
type Fault = Callable[["_Handler"], None]
type Vectors = list[list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRequest:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: Json
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatReply:
    """What the simulated chat model writes; where it is streamed, piece by piece.

    `pause_s` lies between two pieces. Behind piece number `breaks_at` comes a fault.
    """

    text: str | None
    finish_reason: str = "stop"
    pause_s: float = 0.0
    breaks_at: int | None = None
    breaks: "Fault | None" = None

    @property
    def pieces(self) -> list[str]:
        """The text in pieces such as a model's tokens."""
        return re.findall(r"\s*\S{1,6}|\s+$", self.text or "")


def _echo(request: Json) -> ChatReply:
    return ChatReply(text=f"You said: {request['messages'][-1]['content']}")


@dataclass(slots=True, kw_only=True)
class OpenAITestServer:
    """Serves on a free port of this machine while its context is open.

    `distort` changes the vectors of a reply, `refused_parameters` are answered with 400 as newer
    models do, `floats_only` ignores `encoding_format` as some compatible servers do.
    `shutdown_dates` are told of models that will be gone.
    """

    chat: Callable[[Json], ChatReply] = _echo
    distort: Callable[[Vectors], Vectors] = list
    api_key: str = ""
    dimension: int = 384
    models: tuple[str, ...] = ("test-model", "text-embedding-3-small")
    refused_parameters: frozenset[str] = frozenset()
    floats_only: bool = False
    latency_s: float = 0.0
    shutdown_dates: dict[str, str] = field(default_factory=dict)
    fine_tuning: SimulatedFineTuning = field(default_factory=SimulatedFineTuning)
    faults: deque[Fault] = field(default_factory=deque)
    requests: list[ReceivedRequest] = field(default_factory=list)
    pieces_sent: int = 0
    closing: threading.Event = field(default_factory=threading.Event)
    _http: "_HttpServer | None" = None

    @property
    def base_url(self) -> str:
        assert self._http is not None, "use the server as a context manager"
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def __enter__(self) -> Self:
        self._http = _HttpServer(self)
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._http is not None
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def answer(self, method: str, path: str, query: dict[str, str], body: Json) -> Json | bytes:
        routes: dict[tuple[str, str], Callable[[Json], Json]] = {
            ("POST", "/v1/chat/completions"): self._chat_completion,
            ("POST", "/v1/embeddings"): self._embeddings,
            ("GET", "/v1/models"): self._models,
        }
        route = routes.get((method, path))
        if route is None:
            found = self.fine_tuning.answer(method, path, query, body)
            if found is not None:
                return found  # type: ignore[no-any-return]
            raise RefusedRequestError(status=404, message=f"Invalid URL ({method} {path})")
        self._check_parameters(body)
        return route(body)

    def streamed(self, body: Json) -> "Iterator[Json | Fault]":
        """The chunks of a chat completion, and what breaks off between them."""
        self._check_parameters(body)
        self._check_model(body)
        reply = self.chat(body)
        chunk = {"id": "chatcmpl-test", "object": "chat.completion.chunk", "model": body["model"]}

        def chunks() -> "Iterator[Json | Fault]":
            yield chunk | {"choices": [{"index": 0, "delta": {"role": "assistant"}}]}
            for at, piece in enumerate(reply.pieces):
                if at == reply.breaks_at and reply.breaks:
                    yield reply.breaks
                yield chunk | {"choices": [{"index": 0, "delta": {"content": piece}}]}
                self.pieces_sent += 1
                self.closing.wait(reply.pause_s)
            ending = {"index": 0, "delta": {}, "finish_reason": reply.finish_reason}
            yield chunk | {"choices": [ending]}
            if body.get("stream_options", {}).get("include_usage"):
                yield chunk | {"choices": [], "usage": self._usage(body, reply)}

        return chunks()

    def _check_parameters(self, body: Json) -> None:
        for name in self.refused_parameters & body.keys():
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            raise RefusedRequestError(status=400, message=message, param=name)

    def _check_model(self, body: Json) -> None:
        if body["model"] not in {*self.models, *self.fine_tuning.trained}:
            raise RefusedRequestError(
                status=404, message=f"The model `{body['model']}` does not exist"
            )

    def _chat_completion(self, body: Json) -> Json:
        self._check_model(body)
        reply = self.chat(body)
        message = {"role": "assistant", "content": reply.text}
        return {
            "id": "chatcmpl-test",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": reply.finish_reason}],
            "usage": self._usage(body, reply),
        }

    def _usage(self, body: Json, reply: ChatReply) -> Json:
        words_in = sum(len(message["content"].split()) for message in body["messages"])
        words_out = len((reply.text or "").split())
        return {
            "prompt_tokens": words_in,
            "completion_tokens": words_out,
            "total_tokens": words_in + words_out,
        }

    def _embeddings(self, body: Json) -> Json:
        self._check_model(body)
        if not all(body["input"]):
            raise RefusedRequestError(
                status=400, message="input cannot be an empty string", param="input"
            )
        embedder = FakeEmbedder(body.get("dimensions", self.dimension))
        vectors = self.distort(embedder.embed(body["input"]))
        as_base64 = body.get("encoding_format") == "base64" and not self.floats_only
        data = [
            {"object": "embedding", "index": i, "embedding": _base64(v) if as_base64 else v}
            for i, v in enumerate(vectors)
        ]
        # The order of `data` is not promised by the API; a client has to read `index`.
        return {"object": "list", "model": body["model"], "data": data[::-1]}

    def _models(self, _: Json) -> Json:
        data: list[Json] = [
            {"id": name, "object": "model", "created": 0, "owned_by": "test"}
            for name in (*self.models, *self.fine_tuning.trained)
        ]
        for one in data:
            if one["id"] in self.shutdown_dates:
                one["shutdown_date"] = self.shutdown_dates[one["id"]]
        return {"object": "list", "data": data}


def status(code: int, *, message: str = "simulated", retry_after: str | None = None) -> Fault:
    """Answer with an error in OpenAI's form."""
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    return lambda handler: handler.send_json(code, _error(message, None), headers)


def body(content: bytes, content_type: str = "application/json", code: int = 200) -> Fault:
    """Answer with just this body."""
    return lambda handler: handler.send(code, content, {"Content-Type": content_type})


def hang(handler: "_Handler") -> None:
    """Never answer; the connection stays open until the server closes."""
    handler.simulator.closing.wait(60)
    handler.close_connection = True


def trickle(handler: "_Handler") -> None:
    """Send a reply that never ends, a byte every 20 ms."""
    handler.send_head(200, {"Content-Type": "application/json", "Content-Length": "100000"})
    _drip(handler, iter(lambda: b" ", None))


def trickle_headers(handler: "_Handler") -> None:
    """Send a status line and a header that never ends, a byte every 20 ms."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(handler, iter(lambda: b"x", None))


def endless(handler: "_Handler") -> None:
    """Send a reply that never ends, as fast as it is taken."""
    handler.send_head(200, {"Content-Type": "application/json", "Connection": "close"})
    handler.close_connection = True
    while not handler.simulator.closing.is_set():
        handler.wfile.write(b" " * 2**16)


def compressed(handler: "_Handler") -> None:
    """Send a small reply that unpacks to a large one."""
    packed = gzip.compress(b'{"data": []}' + b" " * 2**24)
    handler.send(200, packed, {"Content-Type": "application/json", "Content-Encoding": "gzip"})


def redirect(address: str) -> Fault:
    """Send the client to another address with its request."""
    return lambda handler: handler.send(307, b"", {"Location": address})


def raw(content: bytes) -> Fault:
    """Go on with just these bytes, and end there."""
    return lambda handler: handler.write(content)


def trickle_on(handler: "_Handler") -> None:
    """Go on with a line that never ends, a byte every 20 ms."""
    _drip(handler, iter(lambda: b":", None))


def reset(handler: "_Handler") -> None:
    """Break the connection with a TCP reset."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def _drip(handler: "_Handler", parts: Iterable[bytes]) -> None:
    handler.close_connection = True
    for part in parts:
        if handler.simulator.closing.wait(0.02):
            return
        handler.wfile.write(part)


def _base64(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _error(message: str, param: str | None) -> Json:
    return {"error": {"message": message, "type": "test_error", "param": param, "code": None}}


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, simulator: OpenAITestServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.simulator = simulator

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up: the tests make them do so."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def simulator(self) -> OpenAITestServer:
        assert isinstance(self.server, _HttpServer)
        return self.server.simulator

    def do_GET(self) -> None:
        self._serve({})

    def do_DELETE(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        received = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = self.headers.get("Content-Type", "")
        is_form = kind.startswith("multipart/form-data")
        self._serve(read_form(kind, received) if is_form else json.loads(received or b"{}"))

    def _serve(self, received: Json) -> None:
        simulator = self.simulator
        headers = {name.lower(): value for name, value in self.headers.items()}
        simulator.requests.append(
            ReceivedRequest(path=self.path, headers=headers, body=received, at=time.monotonic())
        )
        simulator.closing.wait(simulator.latency_s)
        if simulator.faults:
            simulator.faults.popleft()(self)
            return
        key = simulator.api_key
        if key and headers.get("authorization") != f"Bearer {key}":
            wrong = headers.get("authorization", "").removeprefix("Bearer ")
            self.send_json(401, _error(f"Incorrect API key provided: {wrong}", None))
            return
        try:
            if received.get("stream"):
                self.stream(simulator.streamed(received))
                return
            address = urlsplit(self.path)
            query = dict(parse_qsl(address.query))
            found = simulator.answer(self.command, address.path, query, received)
            if isinstance(found, bytes):
                self.send(200, found, {"Content-Type": "application/octet-stream"})
                return
            self.send_json(200, found)
        except RefusedRequestError as refusal:
            self.send_json(refusal.status, _error(refusal.message, refusal.param))

    def send_json(self, code: int, content: Json, headers: dict[str, str] | None = None) -> None:
        headers = {"Content-Type": "application/json"} | (headers or {})
        self.send(code, json.dumps(content).encode(), headers)

    def write(self, content: bytes) -> None:
        self.wfile.write(content)
        self.close_connection = True

    def send(self, code: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_head(code, headers | {"Content-Length": str(len(content))})
        self.wfile.write(content)

    def stream(self, parts: "Iterator[Json | Fault]") -> None:
        """Send server-sent events, each as it comes; a fault takes the place of the rest."""
        self.send_head(200, {"Content-Type": "text/event-stream", "Connection": "close"})
        self.close_connection = True
        for part in parts:
            if callable(part):
                part(self)
                return
            self.wfile.write(f"data: {json.dumps(part)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def send_head(self, code: int, headers: dict[str, str]) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test output quiet."""
