"""Stands between clients and Postgres, and cuts a connection when a COMMIT was sent."""

import socket
import threading
from contextlib import suppress
from typing import override

from tests.postgres_proxy import PostgresProxy

# A simple query: its type, its length, its text.
_COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"


class CuttingProxy(PostgresProxy):
    """Passes on all that it is sent, but for the COMMIT that it is told to cut."""

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        self._lock = threading.Lock()
        self.commits = 0
        self._deadly, self._arrives = 0, False

    def cut(self, commit: int, *, arrives: bool) -> None:
        """End the connection of the nth COMMIT from now; the server gets that one, or does not."""
        self.commits, self._deadly, self._arrives = 0, commit, arrives

    @override
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
