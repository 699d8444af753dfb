"""Stands between a function and Postgres, and counts the time until Postgres has answered."""

import socket
import threading
import time
from contextlib import suppress
from typing import override

from tests.postgres_proxy import PostgresProxy

# Ready for the next query, outside a transaction, in one, or in one that failed.
_READY = tuple(b"Z\x00\x00\x00\x05" + state for state in (b"I", b"T", b"E"))


class TimedDatabase(PostgresProxy):
    """Passes on all that is said; `seconds` is what clients waited for replies."""

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        self.seconds = 0.0
        self._lock = threading.Lock()

    @override
    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        _Connection(self, client, server).serve()

    def add(self, seconds: float) -> None:
        """One reply more."""
        with self._lock:
            self.seconds += seconds


class _Connection:
    """Passes on what both say; the clock runs from a client's words to the end of the reply."""

    def __init__(self, timed: TimedDatabase, client: socket.socket, server: socket.socket) -> None:
        self._timed, self._client, self._server = timed, client, server
        self._asked_at: float | None = None
        for end in (client, server):
            with suppress(OSError):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def serve(self) -> None:
        """Both ways at once."""
        threading.Thread(target=self._ask, daemon=True).start()
        self._reply()

    def _ask(self) -> None:
        with suppress(OSError):
            while said := self._client.recv(65_536):
                if self._asked_at is None:
                    self._asked_at = time.perf_counter()
                self._server.sendall(said)
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_WR)

    def _reply(self) -> None:
        with suppress(OSError):
            while said := self._server.recv(65_536):
                asked_at = self._asked_at
                if said[-6:] in _READY and asked_at is not None:
                    self._asked_at = None
                    self._timed.add(time.perf_counter() - asked_at)
                self._client.sendall(said)
        with suppress(OSError):
            self._client.shutdown(socket.SHUT_WR)
