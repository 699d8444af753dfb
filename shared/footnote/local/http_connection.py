"""One connection of the HTTP front: requests in, responses out, whole or part by part."""

import json
import logging
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from footnote.local.function import InvocationError
from footnote.local.ports import HOST, names_this_machine
from footnote.local.proxy_event import REQUEST_ID, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from footnote.local.gateway import Gateway

# The payload limit of API Gateway; Lambda's own for one event is 6 MB.
BODY_LIMIT_BYTES = 10 * 1024 * 1024
# How long what nobody wants is read, and how long nothing may come meanwhile.
_LINGER_S, _SILENT_S = 5.0, 1.0
# As those of API Gateway's own errors in `template.yaml`.
_OWN_HEADERS = (("Content-Type", "application/json"), ("Access-Control-Allow-Origin", "*"))
_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
# What the base class says of a request that a client could have made in another way.
_OF_CLIENTS = {
    HTTPStatus.NOT_IMPLEMENTED: HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED: HTTPStatus.BAD_REQUEST,
}

log = logging.getLogger(__name__)


def failure(
    status: HTTPStatus,
    code: str,
    message: str,
    *headers: tuple[str, str],
    request_id: str | None = None,
) -> HttpResponse:
    """An error of the front itself, in the same form as those of the function."""
    request_id = request_id or str(uuid.uuid4())
    error = {"code": code, "message": message, "request_id": request_id}
    return HttpResponse(
        status=status,
        headers=(*_OWN_HEADERS, (REQUEST_ID, request_id), *headers),
        body=json.dumps({"error": error}).encode(),
    )


def _is_address(target: str) -> bool:
    try:
        urlsplit(target)
    except ValueError:
        return False
    return True


class Connection(BaseHTTPRequestHandler):
    """Reads requests and writes responses; what lies between is the gateway's."""

    server: "Gateway"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    timeout = 75

    def _serve(self) -> None:
        refusal = self._refusal()
        request = None if refusal else self._request()
        with self.server.in_hand() as taken:
            if not taken:
                message = "Footnote is stopping on this machine."
                status = HTTPStatus.SERVICE_UNAVAILABLE
                refusal = failure(status, "unavailable", message, ("Retry-After", "2"))
            if refusal:
                self.close_connection = True  # a body that was not read would be the next request
                self._send(refusal)
            elif request:
                self._answer(request)
            self.wfile.flush()
        if refusal:
            self._linger()

    def _request(self) -> HttpRequest:
        length = int(self.headers.get("Content-Length") or 0)
        return HttpRequest(
            # The function knows no HEAD; `_send` leaves the body of its answer to GET out.
            method="GET" if self.command == "HEAD" else self.command,
            target=self.path,
            headers=tuple(self.headers.items()),
            body=self.rfile.read(length),
            source_ip=str(self.client_address[0]),
        )

    def _answer(self, request: HttpRequest) -> None:
        # HTTP/1.0 has no chunks: such a client gets all at once.
        if self.server.streams(request) and self.request_version != "HTTP/1.0":
            with closing(self.server.stream(request)) as parts:
                self._send_stream(parts)
        else:
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

    def _linger(self) -> None:
        """Let a client that is still sending come to its end: only then it looks for the reply."""
        self.connection.settimeout(_SILENT_S)
        until = time.monotonic() + _LINGER_S
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while time.monotonic() < until and self.connection.recv(64 * 1024):
                pass

    def _send_stream(self, parts: Iterator[HttpResponse | bytes]) -> None:
        """Each part as a chunk of its own, at once; a reply that is whole as any other."""
        head = next(parts)
        assert isinstance(head, HttpResponse)  # noqa: S101 - the first one is
        if head.body:
            self._send(head)
            return
        self._send_head(head)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for part in (one for one in parts if isinstance(one, bytes) and one):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                self.wfile.flush()
        except InvocationError as error:
            log.error("a stream broke off: %s", error)
            self.close_connection = True  # without its last chunk, so that the client notices
            return
        self.wfile.write(b"0\r\n\r\n")

    def _send_head(self, response: HttpResponse) -> None:
        self.send_response(response.status)
        for name, value in response.headers:
            if name.lower() not in {"content-length", "connection", "transfer-encoding"}:
                self.send_header(name, value)

    def _send(self, response: HttpResponse) -> None:
        self._send_head(response)
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
        status = _OF_CLIENTS.get(HTTPStatus(code), HTTPStatus(code))
        text = message or status.phrase
        allow = (("Allow", _METHODS),) if status is HTTPStatus.METHOD_NOT_ALLOWED else ()
        self._send(failure(status, "bad_request", text, *allow))

    def version_string(self) -> str:
        """The `Server` header."""
        return "footnote"

    def log_message(self, format: str, *args: object) -> None:
        """One line a request, for whoever wants to see it."""
        log.debug(format, *args)
