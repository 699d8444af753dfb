"""Passes on what one socket says to another."""

import socket
from contextlib import suppress


def pass_on(source: socket.socket, target: socket.socket) -> None:
    """All that is said, and then that it ended."""
    with suppress(OSError):
        while said := source.recv(65_536):
            target.sendall(said)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
