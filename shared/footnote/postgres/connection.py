"""Connections to Postgres, and its errors in Footnote's words."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, LiteralString
from weakref import finalize

import psycopg
from pgvector.psycopg import register_vector
from psycopg import sql
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import DatabaseUnavailableError
from footnote.observability import logger
from footnote.postgres.address import ChangingAddress
from footnote.postgres.queries import load_queries
from footnote.postgres.silence import (
    ANSWER_S,
    LOST_AFTER_S,
    HeardConnection,
    check,
    cut_after,
    tcp_limits,
)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A statement with its parameters; `prepare` where planning it takes long."""

    statement: LiteralString | sql.Composed
    parameters: Mapping[str, object]
    prepare: bool = False


class Database:
    """A small pool of connections; opened at first use, safe to share between threads."""

    def __init__(
        self,
        url: str | Callable[[], str],
        *,
        connections: int = 2,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        prepare: bool = True,
        lost_after_s: float = LOST_AFTER_S,
    ) -> None:
        """Without `prepare` no statement is ever prepared on the server, whoever asks for it.

        A server that acknowledges nothing for `lost_after_s` is lost, whatever it was to do. A
        `url` that is called for may change: `ChangingAddress` says when that is looked at.
        """
        self._prepare = prepare
        self._address = ChangingAddress(url if callable(url) else partial(str, url))
        self._pool: ConnectionPool[HeardConnection] = ConnectionPool(
            self._address.current,
            connection_class=HeardConnection,
            min_size=1,
            max_size=connections,
            timeout=connect_timeout_s,
            reconnect_timeout=connect_timeout_s,
            configure=partial(_configure, self._address),
            check=check,
            open=False,
            kwargs={
                "row_factory": dict_row,
                "autocommit": True,
                "prepare_threshold": _ON_REQUEST,
                "connect_timeout": max(CONNECT_TIMEOUT_S, round(connect_timeout_s)),
                "application_name": "footnote",
                **tcp_limits(lost_after_s),
            },
        )
        # At the latest while the program still runs: later its threads do not any more, and the
        # pool would wait five seconds for each of them. So nothing in it may hold this object.
        finalize(self, self._pool.close)

    def run_within(self, kb: KnowledgeBaseId, *steps: Step) -> list[list[Row]]:
        """One transaction that sees and writes this knowledge base's rows only, in one round trip.

        Returns:
            The rows of each step; none for a step that has no rows to give.

        Raises:
            DatabaseUnavailableError: as with `transaction`.
        """
        with self.autocommit() as connection:
            # The pipeline sends all, `begin` and `commit` too, before it waits.
            with connection.pipeline(), connection.transaction():
                # The owner's rights are given away until the transaction ends.
                connection.execute(load_queries("reader.sql")["enter"], {"kb": kb})
                cursors = [
                    connection.execute(step.statement, step.parameters, prepare=step.prepare)
                    for step in steps
                ]
            return [cursor.fetchall() if cursor.description else [] for cursor in cursors]

    def rows_within(
        self, kb: KnowledgeBaseId, statement: LiteralString, parameters: Mapping[str, object]
    ) -> list[dict[str, Any]]:
        """The rows of one statement, as `run_within` runs it."""
        (rows,) = self.run_within(kb, Step(statement=statement, parameters=parameters))
        return rows

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction of the owner, who sees every knowledge base.

        It is committed at the end, and rolled back on any error.

        Raises:
            DatabaseUnavailableError: Postgres cannot be reached, cut the connection, or asks for
                the transaction to be tried again.
        """
        with self.autocommit() as connection, connection.transaction():
            yield connection

    @contextmanager
    def autocommit(self) -> Iterator[HeardConnection]:
        """A connection outside of any transaction, for statements that run in none.

        Raises:
            DatabaseUnavailableError: as with `transaction`.
            SettingsError: the secret that holds the address cannot be read.
        """
        self._address.look_up()
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
        """Raise DatabaseUnavailableError unless Postgres answers, and that soon."""
        with self.autocommit() as connection, cut_after(connection, ANSWER_S):
            connection.execute("select 1")

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


def _configure(address: ChangingAddress, connection: HeardConnection) -> None:
    """Teach a new connection pgvector's types, once, so that no statement asks for them."""
    address.worked()
    connection.heard_at = time.monotonic()
    register_vector(connection)
