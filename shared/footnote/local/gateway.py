"""The HTTP front: what API Gateway does before and after the functions `api` and `stream`."""

import logging
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from typing import Protocol

from footnote.local.function import InvocationError
from footnote.local.http_connection import Connection, failure
from footnote.local.pool import ThrottledError
from footnote.local.ports import HOST
from footnote.local.proxy_event import (
    STREAMED,
    HttpRequest,
    HttpResponse,
    MalformedResultError,
    http_response,
    identified,
    proxy_event,
)

STOP_TIMEOUT_S = 30.0
_FAILURES = (InvocationError, MalformedResultError, ThrottledError)

log = logging.getLogger(__name__)


class Invoker(Protocol):
    """Whatever runs the `api` function."""

    def invoke(self, event: object) -> object:
        """Run one event; raises InvocationError or ThrottledError."""
        ...


class StreamInvoker(Protocol):
    """Whatever runs the `stream` function."""

    def stream(self, event: object) -> Generator[dict[str, object]]:
        """Run one event and give its frames; raises InvocationError or ThrottledError."""
        ...


class Gateway(ThreadingHTTPServer):
    """Serves HTTP on this machine only, one thread per connection.

    Without a function that streams, the other one answers all.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, api: Invoker, streamed: StreamInvoker | None = None) -> None:
        super().__init__((HOST, port), Connection)
        self.api = api
        self._streamed = streamed
        self._busy = 0
        self._stopping = False
        self._change = threading.Condition()

    def start(self) -> None:
        """Serve in the background."""
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    def stop(self) -> None:
        """Take no more requests, on open connections neither, and finish those in hand."""
        with self._change:
            self._stopping = True
        self.shutdown()
        self.server_close()
        with self._change:
            self._change.wait_for(lambda: self._busy == 0, timeout=STOP_TIMEOUT_S)

    def handle_error(self, request: object, client_address: object) -> None:
        """What the base class prints: a client that hangs up is none of a person's business."""
        del request
        level = logging.DEBUG if isinstance(sys.exception(), ConnectionError) else logging.ERROR
        log.log(level, "the connection from %s failed", client_address, exc_info=True)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Run the function for one request and map its result, or its failure."""
        try:
            result = self.api.invoke(proxy_event(request, now=datetime.now(UTC)))
            return identified(http_response(result), request)
        except _FAILURES as error:
            return _after_failure(error, request)

    def stream(self, request: HttpRequest) -> Generator[HttpResponse | bytes]:
        """The same for the route that is streamed: the response, then the parts of its body.

        Raises:
            InvocationError: the function broke off behind some parts.
        """
        with closing(self._frames(request)) as frames:
            try:
                first = next(frames)
                is_whole = "result" in first
                response = http_response(first["result"] if is_whole else first["head"])
            except _FAILURES as error:
                yield _after_failure(error, request)
                return
            yield identified(response, request)
            if not is_whole:
                yield from (str(frame["part"]).encode() for frame in frames)

    def streams(self, request: HttpRequest) -> bool:
        """Whether the request is for the route that is streamed."""
        return self._streamed is not None and (request.method, request.path) == STREAMED

    def _frames(self, request: HttpRequest) -> Generator[dict[str, object]]:
        assert self._streamed is not None  # noqa: S101 - `streams` was asked
        return self._streamed.stream(proxy_event(request, now=datetime.now(UTC)))

    @contextmanager
    def in_hand(self) -> Iterator[bool]:
        """Whether a request may be answered; a stop waits until it is, and was sent."""
        with self._change:
            taken = not self._stopping
            self._busy += 1
        try:
            yield taken
        finally:
            with self._change:
                self._busy -= 1
                self._change.notify_all()


def _after_failure(error: Exception, request: HttpRequest) -> HttpResponse:
    if isinstance(error, ThrottledError):
        message = "Every worker is busy; try again in a moment."
        status, code, headers = HTTPStatus.SERVICE_UNAVAILABLE, "busy", [("Retry-After", "1")]
    elif isinstance(error, InvocationError) and error.timed_out:
        message = "The answer took too long; try again."
        status, code, headers = HTTPStatus.GATEWAY_TIMEOUT, "timeout", []
    else:
        message = "The server made an error."
        status, code, headers = HTTPStatus.BAD_GATEWAY, "internal", []
    if not isinstance(error, ThrottledError):
        # Without the query, which is the caller's.
        log.error("%s %s %s: %s", request.request_id, request.method, request.path, error)
    return failure(status, code, message, *headers, request_id=request.request_id)
