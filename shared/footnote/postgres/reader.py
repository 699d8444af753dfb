"""The role that everything done for one knowledge base runs as, so that it sees that one alone."""

import psycopg

from footnote.domain.errors import SettingsError
from footnote.postgres.connection import Connection
from footnote.postgres.queries import load_queries

# Another database of the same server makes the same role at the same moment: one looks again.
_ATTEMPTS = 10
_MADE_MEANWHILE = (
    psycopg.errors.DuplicateObject,
    psycopg.errors.UniqueViolation,
    psycopg.errors.InternalError_,  # tuple concurrently updated
)


def ensure_reader(connection: Connection) -> None:
    """Make the role, and let this user take it on.

    Roles belong to the server, and a database that was restored on another one lacks it: so this
    is looked at whenever migrations are.

    Raises:
        SettingsError: this user may not do so.
    """
    for _ in range(_ATTEMPTS):
        try:
            with connection.transaction():
                _ensure(connection)
        except _MADE_MEANWHILE:
            continue
        except psycopg.errors.InsufficientPrivilege as error:
            raise SettingsError(_advice(connection, error)) from error
        return
    message = "other databases of this server kept changing its roles; migrate again in a moment"
    raise SettingsError(message)


def _ensure(connection: Connection) -> None:
    sql = load_queries("reader.sql")
    for missing, change in (("lacks_role", "make_role"), ("may_not_set_role", "let_set_role")):
        if connection.execute(sql[missing]).fetchone() is not None:
            connection.execute(sql[change])


def _advice(connection: Connection, error: psycopg.Error) -> str:
    (row,) = connection.execute("select quote_ident(current_user) as name").fetchall()
    return (
        f"this database user may not make the role footnote_reader ({error.diag.message_primary}),"
        " and without it knowledge bases are not kept apart; let an administrator run"
        " `create role footnote_reader nologin;` unless there is one, and"
        f" `grant footnote_reader to {row['name']};`, then migrate again"
    )
