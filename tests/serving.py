"""An API behind the local front on a real socket, for clients that insist on one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from footnote.http.api import build_api, whole
from footnote.http.ports import ApiPorts
from footnote.local.gateway import Gateway
from tests.wsgi import Context


class _InThisProcess:
    """The function `api`, without a process of its own."""

    def __init__(self, ports: ApiPorts) -> None:
        self._app = build_api(ports)

    def invoke(self, event: object) -> Any:
        return whole(self._app.resolve(event, Context()))  # type: ignore[arg-type]


@contextmanager
def served(ports: ApiPorts) -> Iterator[str]:
    """The address of the API for as long as it is served."""
    gateway = Gateway(0, _InThisProcess(ports))
    gateway.start()
    yield f"http://127.0.0.1:{gateway.server_port}"
    gateway.stop()
