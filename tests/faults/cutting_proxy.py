"""Stands between clients and Postgres, and cuts a connection when a COMMIT was sent."""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

# A simple query: its type, its length, its text.
_COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"


class CuttingProxy:
    """A TCP port for a server that listens on a Unix socket; it passes on all that it is sent."""

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        (folder,) = parse_qs(parts.query)["host"]
        self._server = Path(folder) / ".s.PGSQL.5432"
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = f"postgresql://postgres@127.0.0.1:{port}{parts.path}?sslmode=disable"
        self._lock = threading.Lock()
        self.commits = 0
        self._deadly, self._arrives = 0, False

    def cut(self, commit: int, *, arrives: bool) -> None:
        """End the connection of the nth COMMIT from now; the server gets that one, or does not."""
        self.commits, self._deadly, self._arrives = 0, commit, arrives

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
                threading.Thread(target=self._serve, args=(client, server), daemon=True).start()

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        replies = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
        replies.start()
        with client, server:
            with suppress(OSError):
                self._pass_on_until_cut(client, server)
            for end in (client, server):
                with suppress(OSError):  # it ended first
                    end.shutdown(socket.SHUT_RDWR)
            replies.join()

    def _pass_on_until_cut(self, client: socket.socket, server: socket.socket) -> None:
        while sent := client.recv(65_536):
            deadly = sent.endswith(_COMMIT) and self._is_deadly()
            if deadly:
                client.shutdown(socket.SHUT_RDWR)
            if self._arrives or not deadly:
                server.sendall(sent)
            if deadly:
                return

    def _is_deadly(self) -> bool:
        with self._lock:
            self.commits += 1
            return self.commits == self._deadly


def _pass_on(server: socket.socket, client: socket.socket) -> None:
    with suppress(OSError):
        while reply := server.recv(65_536):
            client.sendall(reply)
        client.shutdown(socket.SHUT_RDWR)
