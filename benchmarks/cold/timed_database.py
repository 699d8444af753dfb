"""Stands between a function and Postgres, and counts the time until Postgres has answered."""

import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

# Ready for the next query, outside a transaction, in one, or in one that failed.
_READY = tuple(b"Z\x00\x00\x00\x05" + state for state in (b"I", b"T", b"E"))


class TimedDatabase:
    """A TCP port for a server on a Unix socket; `seconds` is what clients waited for replies."""

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        (folder,) = parse_qs(parts.query)["host"]
        self._server = Path(folder) / ".s.PGSQL.5432"
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = f"postgresql://postgres@127.0.0.1:{port}{parts.path}?sslmode=disable"
        self.seconds = 0.0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
                _Connection(self, client, server).start()

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

    def start(self) -> None:
        """Both ways at once."""
        threading.Thread(target=self._ask, daemon=True).start()
        threading.Thread(target=self._reply, daemon=True).start()

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
