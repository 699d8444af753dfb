"""Lets containers reach servers of this machine, at the address of their network's gateway only."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from tests.passing_on import pass_on

# The gateway's interface comes with the first container; Linux lets an address be taken before.
_IP_FREEBIND = 15


class Bridge:
    """A port at the gateway; what is said to it goes to what `connect` reaches."""

    def __init__(self, gateway: str, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._listener = socket.socket()
        self._listener.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
        self._listener.bind((gateway, 0))
        self._listener.listen(64)
        self.address = f"{gateway}:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = self._connect()
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=pass_on, args=(source, target), daemon=True).start()
