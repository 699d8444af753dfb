"""Notices a server that says nothing any more: its host failed, or something between forgot us."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import select
from threading import Timer

import psycopg
from psycopg_pool import ConnectionPool

# A server that waits for a lock reads nothing meanwhile, which looks the same once much was sent; a
# request to `api` ends after 29 s.
LOST_AFTER_S = 20.0
# Nothing to do, and a long time for it.
ANSWER_S = 5.0
# A NAT or a firewall that forgets idle connections keeps them for minutes.
_TRUSTED_S = 60.0


def tcp_limits(lost_after_s: float) -> dict[str, int]:
    """What libpq is to tell the kernel, so that it gives a connection up after so long.

    Either nothing that was sent is acknowledged (`tcp_user_timeout`), or no probe is answered while
    a statement runs (the rest). Without them the first takes a quarter of an hour, the other two
    hours. On a Unix socket they say nothing.
    """
    return {
        "tcp_user_timeout": round(lost_after_s * 1000),
        "keepalives_idle": max(1, round(lost_after_s)),
        "keepalives_interval": max(1, round(lost_after_s / 5)),
        "keepalives_count": 5,
    }


class HeardConnection(psycopg.Connection[dict[str, object]]):
    """A connection of a pool that knows when its server was last known to be there."""

    heard_at = 0.0


def check(connection: HeardConnection) -> None:
    """See that the server is still there before a request relies on it.

    Only where the server closed the connection, so that there is something to read, or where it
    lay idle for long, a round trip is worth it.
    """
    now = time.monotonic()
    readable, _, _ = select([connection], [], [], 0)
    if readable or now - connection.heard_at > _TRUSTED_S:
        with cut_after(connection, ANSWER_S):
            ConnectionPool.check_connection(connection)
    connection.heard_at = now


@contextmanager
def cut_after(connection: HeardConnection, seconds: float) -> Iterator[None]:
    """Cut the connection unless what is done in it ends before; that then fails as if it was lost.

    For a server that is there and does nothing, which no limit of its own ends.
    """
    timer = Timer(seconds, _cut, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(connection: HeardConnection) -> None:
    with (
        suppress(OSError, psycopg.Error),  # closed meanwhile
        socket.socket(fileno=os.dup(connection.fileno())) as same,
    ):
        same.shutdown(socket.SHUT_RDWR)
