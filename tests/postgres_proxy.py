"""Stands between clients and a Postgres that listens on a Unix socket only."""

import socket
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Self
from urllib.parse import parse_qs, urlsplit


def connect_to(database_url: str) -> socket.socket:
    """A connection to the server whose socket's folder the URL names as its host."""
    (folder,) = parse_qs(urlsplit(database_url).query)["host"]
    server = socket.socket(socket.AF_UNIX)
    server.connect(f"{folder}/.s.PGSQL.5432")
    return server


class PostgresProxy(ABC):
    """A TCP port for such a server; `url` is that of the same database through it."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        path = urlsplit(database_url).path
        self.url = f"postgresql://postgres@127.0.0.1:{port}{path}?sslmode=disable"

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
                ends = (client, connect_to(self._database_url))
                threading.Thread(target=self._serve, args=ends, daemon=True).start()

    @abstractmethod
    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        """Pass on what both say until one ends; each connection has its own thread."""
