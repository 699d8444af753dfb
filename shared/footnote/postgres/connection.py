"""Connections to Postgres, and its errors in Footnote's words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from select import select

import psycopg
from pgvector.psycopg import register_vector
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from footnote.domain.errors import DatabaseUnavailableError
from footnote.observability import logger
from footnote.postgres.address import ChangingAddress

type Row = dict[str, object]
type Connection = psycopg.Connection[dict[str, object]]

CONNECT_TIMEOUT_S = 5
# Nothing is prepared for being repeated, only what asks for it by `execute(..., prepare=True)`.
_ON_REQUEST = 2**31
_UNAVAILABLE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.SerializationFailure,
    psycopg.errors.DeadlockDetected,
    PoolTimeout,
)
# What a pooler between us and Postgres makes of statements that were prepared: then none is.
_NOT_KEPT = (
    psycopg.errors.InvalidSqlStatementName,
    psycopg.errors.DuplicatePreparedStatement,
)


class Database:
    """A small pool of connections; opened at first use, safe to share between threads."""

    def __init__(
        self,
        url: str | Callable[[], str],
        *,
        connections: int = 2,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        prepare: bool = True,
    ) -> None:
        """Without `prepare` no statement is ever prepared on the server, whoever asks for it.

        A `url` that is called for may change: `ChangingAddress` says when that is looked at.
        """
        self._prepare = prepare
        self._address = ChangingAddress(url if callable(url) else partial(str, url))
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            self._address.current,
            min_size=1,
            max_size=connections,
            timeout=connect_timeout_s,
            reconnect_timeout=connect_timeout_s,
            configure=self._configure,
            check=_check,
            open=False,
            kwargs={
                "row_factory": dict_row,
                "autocommit": True,
                "prepare_threshold": _ON_REQUEST,
                "connect_timeout": max(CONNECT_TIMEOUT_S, round(connect_timeout_s)),
                "application_name": "footnote",
            },
        )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back on any error.

        Raises:
            DatabaseUnavailableError: Postgres cannot be reached, cut the connection, or asks for
                the transaction to be tried again.
        """
        with self.autocommit() as connection, connection.transaction():
            yield connection

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """A connection outside of any transaction, for statements that run in none.

        Raises:
            DatabaseUnavailableError: as with `transaction`.
        """
        try:
            self._pool.open()
            with self._pool.connection() as connection:
                if not self._prepare:
                    connection.prepare_threshold = None
                yield connection
        except _NOT_KEPT as error:
            self._prepare = False
            logger.warning("a pooler keeps no prepared statements: set FOOTNOTE_DATABASE_PREPARE=0")
            message = "the database's pooler mixed up its connections; try again"
            raise DatabaseUnavailableError(message) from error
        except psycopg.errors.QueryCanceled as error:
            message = "the database took longer than it may; try again in a moment"
            raise DatabaseUnavailableError(message) from error
        except _UNAVAILABLE as error:
            message = "the database cannot be reached; try again in a moment"
            raise DatabaseUnavailableError(message) from error

    def ping(self) -> None:
        """Raise DatabaseUnavailableError unless Postgres answers."""
        with self.transaction() as connection:
            connection.execute("select 1")

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def _configure(self, connection: Connection) -> None:
        """Teach a new connection pgvector's types, once, so that no statement asks for them."""
        self._address.worked()
        register_vector(connection)


def _check(connection: Connection) -> None:
    """See that Postgres is still there, so that a restart fails no request after it.

    Where it closed the connection there is something to read; only then a round trip is worth it.
    """
    readable, _, _ = select([connection], [], [], 0)
    if readable:
        ConnectionPool.check_connection(connection)
