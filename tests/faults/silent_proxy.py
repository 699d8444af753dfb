"""Stands between clients and Postgres, and falls silent like a host that lost its power."""

import ctypes
import socket
import struct
import threading
from typing import override

from tests.passing_on import pass_on
from tests.postgres_proxy import PostgresProxy

# One instruction of the kernel's packet filter, "keep 0 bytes": packets are dropped before TCP sees
# them, so that none is acknowledged, as if nobody was there.
_DROP = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
_FILTER = struct.pack("HL", 1, ctypes.addressof(_DROP))
_SO_ATTACH_FILTER = 26


class SilentProxy(PostgresProxy):
    """Passes on all that it is sent, until it is told to fall silent."""

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        self._clients: list[socket.socket] = []

    def fall_silent(self) -> None:
        """Hear and say nothing more in the connections of now; others are served."""
        for client in self._clients:
            client.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, _FILTER)
        self._clients.clear()

    @override
    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        self._clients.append(client)
        replies = threading.Thread(target=pass_on, args=(server, client), daemon=True)
        replies.start()
        with client, server:
            pass_on(client, server)
