"""The HTTP front: what API Gateway does before and after the `api` function."""

import json
import logging
import sys
import threading
import uuid
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import urlsplit

from footnote.local.function import InvocationError
from footnote.local.pool import ThrottledError
from footnote.local.ports import HOST, names_this_machine
from footnote.local.proxy_event import (
    HttpRequest,
    HttpResponse,
    MalformedResultError,
    http_response,
    proxy_event,
)

# The payload limit of API Gateway; Lambda's own for one event is 6 MB.
BODY_LIMIT_BYTES = 10 * 1024 * 1024
STOP_TIMEOUT_S = 30.0

log = logging.getLogger(__name__)


class Invoker(Protocol):
    """Whatever runs the `api` function."""

    def invoke(self, event: object) -> object:
        """Run one event; raises InvocationError or ThrottledError."""
        ...


class Gateway(ThreadingHTTPServer):
    """Serves HTTP on this machine only, one thread per connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, api: Invoker) -> None:
        super().__init__((HOST, port), _Connection)
        self.api = api
        self._busy = 0
        self._change = threading.Condition()

    def start(self) -> None:
        """Serve in the background."""
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    def stop(self) -> None:
        """Take no more connections, and finish the requests that are being answered."""
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
        with self._change:
            self._busy += 1
        try:
            result = self.api.invoke(proxy_event(request, now=datetime.now(UTC)))
            return http_response(result)
        except InvocationError as error:
            log.error("%s %s: %s", request.method, request.target, error)
            return _after_failure(error)
        except MalformedResultError as error:
            log.error("%s %s: the function returned %s", request.method, request.target, error)
            return failure(HTTPStatus.BAD_GATEWAY, "internal", "The server made an error.")
        except ThrottledError:
            message = "Every worker is busy; try again in a moment."
            return failure(HTTPStatus.SERVICE_UNAVAILABLE, "busy", message, ("Retry-After", "1"))
        finally:
            with self._change:
                self._busy -= 1
                self._change.notify_all()


def failure(status: HTTPStatus, code: str, message: str, *headers: tuple[str, str]) -> HttpResponse:
    """An error of the front itself, in the same form as those of the function."""
    error = {"code": code, "message": message, "request_id": str(uuid.uuid4())}
    return HttpResponse(
        status=status,
        headers=(("Content-Type", "application/json"), *headers),
        body=json.dumps({"error": error}).encode(),
    )


def _after_failure(error: InvocationError) -> HttpResponse:
    if error.timed_out:
        message = "The answer took too long; try again."
        return failure(HTTPStatus.GATEWAY_TIMEOUT, "timeout", message)
    return failure(HTTPStatus.BAD_GATEWAY, "internal", "The server made an error.")


def _is_address(target: str) -> bool:
    try:
        urlsplit(target)
    except ValueError:
        return False
    return True


class _Connection(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    timeout = 75

    def _serve(self) -> None:
        refusal = self._refusal()
        if refusal:
            self.close_connection = True  # a body that was not read would be the next request
            self._send(refusal)
            return
        length = int(self.headers.get("Content-Length") or 0)
        request = HttpRequest(
            # The function knows no HEAD; `_send` leaves the body of its answer to GET out.
            method="GET" if self.command == "HEAD" else self.command,
            target=self.path,
            headers=tuple(self.headers.items()),
            body=self.rfile.read(length),
            source_ip=str(self.client_address[0]),
        )
        self._send(self.server.answer(request))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

    def _refusal(self) -> HttpResponse | None:
        if not names_this_machine(self.headers.get("Host") or ""):
            message = f"This server answers to {HOST} and localhost only."
            return failure(HTTPStatus.FORBIDDEN, "forbidden", message)
        if not _is_address(self.path):
            return failure(HTTPStatus.BAD_REQUEST, "bad_request", "The address is malformed.")
        if "Transfer-Encoding" in self.headers:
            return failure(HTTPStatus.LENGTH_REQUIRED, "bad_request", "Send a Content-Length.")
        length = self.headers.get("Content-Length") or "0"
        if not length.isdecimal():
            message = "Content-Length is not a number."
            return failure(HTTPStatus.BAD_REQUEST, "bad_request", message)
        if int(length) > BODY_LIMIT_BYTES:
            message = f"The body is over {BODY_LIMIT_BYTES // 1024**2} MB; upload files instead."
            return failure(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", message)
        return None

    def _send(self, response: HttpResponse) -> None:
        self.send_response(response.status)
        for name, value in response.headers:
            if name.lower() not in {"content-length", "connection", "transfer-encoding"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the base class answers to a request that is no HTTP, in the contract's form."""
        del explain
        self.close_connection = True
        text = message or HTTPStatus(code).phrase
        self._send(failure(HTTPStatus(code), "bad_request", text))

    def version_string(self) -> str:
        """The `Server` header."""
        return "footnote"

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)
