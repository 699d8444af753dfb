"""Length-prefixed JSON over a socket: how `footnote up` and an execution environment talk."""

import json
import socket
import struct
import time

_LENGTH = struct.Struct("!I")


def send(channel: socket.socket, message: object) -> None:
    """Send one message.

    Raises:
        TypeError, ValueError: it is no JSON; nothing has been sent then.
        OSError: the other side is gone.
    """
    payload = json.dumps(message).encode()
    channel.sendall(_LENGTH.pack(len(payload)) + payload)


def receive(channel: socket.socket, *, deadline: float | None = None) -> object:
    """Wait for one message, at most until `deadline` on the monotonic clock.

    Raises:
        TimeoutError: the deadline passed.
        EOFError: the other side is gone.
    """
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size, deadline))
    return json.loads(_exactly(channel, length, deadline))


def _exactly(channel: socket.socket, count: int, deadline: float | None) -> bytes:
    received = bytearray()
    while len(received) < count:
        # A timeout of zero would mean a non-blocking socket, which fails in another way.
        left = None if deadline is None else max(deadline - time.monotonic(), 1e-3)
        try:
            channel.settimeout(left)
            part = channel.recv(count - len(received))
        except TimeoutError:
            raise
        except OSError:  # reset, or closed by a stop from another thread
            part = b""
        if not part:
            raise EOFError
        received += part
    return bytes(received)
