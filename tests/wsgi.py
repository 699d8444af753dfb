"""The API as a WSGI application: what the local front does with a request, without a socket."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIEnvironment

from footnote.http.api import whole
from footnote.local.proxy_event import HttpRequest, http_response, proxy_event

type Resolve = Callable[[Any, Any], dict[str, Any]]


class Context:
    """What Lambda passes."""

    aws_request_id = "r"

    def get_remaining_time_in_millis(self) -> int:
        return 28_000


def wsgi_app(resolve: Resolve) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        event = proxy_event(_request(environ), now=datetime.now(UTC))
        response = http_response(whole(resolve(event, Context())))
        start_response(f"{response.status} .", list(response.headers))
        return [response.body]

    return app


def _request(environ: WSGIEnvironment) -> HttpRequest:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    headers = [
        (name.removeprefix("HTTP_").replace("_", "-").lower(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or (name == "CONTENT_TYPE" and value)
    ]
    return HttpRequest(
        method=environ["REQUEST_METHOD"],
        target=_target(environ),
        headers=tuple(headers),
        body=environ["wsgi.input"].read(length) if length else b"",
        source_ip=environ.get("REMOTE_ADDR", "127.0.0.1"),
    )


def _target(environ: WSGIEnvironment) -> str:
    # WSGI holds the bytes of a path as Latin-1.
    path = quote(environ["PATH_INFO"].encode("latin-1"))
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path
