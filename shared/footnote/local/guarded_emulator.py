"""Runs ministack behind a guard that lets programs of this machine and Footnote's own page in.

ministack asks nobody for credentials and lets every origin read its answers: without the guard any
website that a person visits could read, overwrite and wipe the bucket. Browsers tell where a
request comes from in `Origin` and `Sec-Fetch-Site`; programs send neither.
"""

import os
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any

from footnote.local.long_queues import with_long_queues
from footnote.local.ports import names_this_machine

HEALTH_PATH = "/_ministack/health"
ORIGINS_VARIABLE = "PAGE_ORIGINS"

type Headers = Iterable[tuple[bytes, bytes]]
type Send = Callable[[dict[str, object]], Awaitable[None]]
type Application = Callable[[dict[str, Any], Any, Send], Awaitable[None]]


def admits(path: str, headers: Headers, origins: Collection[str]) -> bool:
    """Whether a request may pass; `origins` are those of the page."""
    values: dict[str, set[str]] = {"host": set(), "origin": set(), "sec-fetch-site": set()}
    for name, value in headers:
        values.get(name.decode("latin-1").lower(), set()).add(value.decode("latin-1"))
    if not values["host"] or not all(map(names_this_machine, values["host"])):
        return False
    if path.startswith("/_") and path != HEALTH_PATH:  # no bucket: ministack's own controls
        return False
    if values["origin"]:
        return values["origin"].issubset(origins)
    # Some requests of a page carry no origin, an image's for example. "none" is a typed address.
    return values["sec-fetch-site"] <= {"none", "same-origin"}


def guarded(serve: Application, origins: Collection[str]) -> Application:
    """An ASGI application that answers 403 to what is not admitted."""

    async def serve_admitted(scope: dict[str, Any], receive: object, send: Send) -> None:
        kind = scope["type"]
        if kind == "lifespan":
            await serve(scope, receive, send)
        elif kind != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif admits(scope["path"], scope["headers"], origins):
            await serve(scope, receive, send)
        else:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"This origin may not.\n"})

    return serve_admitted


def main() -> None:
    """Start it as `python -m ministack` does; everything is set by environment variables."""
    import ministack.app  # type: ignore[import-untyped]
    from ministack.services import sqs  # type: ignore[import-untyped]

    with_long_queues(sqs)
    origins = os.environ[ORIGINS_VARIABLE].split(",")
    ministack.app.app = guarded(ministack.app.app, origins)
    ministack.app.main()


if __name__ == "__main__":
    main()
