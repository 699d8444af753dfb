"""Applies the numbered migrations, forward only, once each, whoever else tries at the same time."""

import hashlib
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from footnote.domain.errors import DatabaseUnavailableError, SettingsError
from footnote.domain.masking import told
from footnote.domain.search_index import IndexForm
from footnote.postgres.connection import Connection
from footnote.postgres.reader import ensure_reader
from footnote.postgres.silence import LOST_AFTER_S, tcp_limits
from footnote.postgres.vector_index import ensure_vector_index

# The name of a file and its text.
type Migration = tuple[str, str]

MINIMUM_PGVECTOR = (0, 8, 0)
# Any constant serves: it only has to be the same in every process that migrates.
_ADVISORY_LOCK = 0x466F6F74
# What a migration begins with that Postgres runs in no transaction.
OUTSIDE = "-- Outside of transactions."
# How long it waits for a table, before those who came after it wait for too long, and how long it
# then lets them go first. Far below Postgres' deadlock_timeout of 1 s: who is in each other's way
# is then not told apart by ending one of them, which could be the other one.
_LOCK_TIMEOUT = "150ms"
_GIVE_WAY_S = 0.5
PATIENCE_S = 300.0
_HELD = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
_CONNECT_TIMEOUT_S = 30  # an Aurora that pauses needs 15 to wake up


def apply_migrations(
    url: str,
    form: IndexForm,
    *,
    patience_s: float = PATIENCE_S,
    written: Sequence[Migration] | None = None,
) -> list[str]:
    """Bring the database up to this version and return the names of what was applied.

    Each in a transaction of its own, while old code goes on. Whoever waits for a table has all who
    come after wait as well, so a migration soon gives way, and tries again.
    The model of `form`, which new knowledge bases begin with, gets its HNSW index. `written` are
    the migrations where they are not those of this version.

    Raises:
        SettingsError: an applied migration was changed afterwards, pgvector is too old, or the
            user may not make the role that readers have.
        DatabaseUnavailableError: Postgres cannot be reached, or somebody holds a table, or
            migrates, for longer than `patience_s`.
    """
    deadline = time.monotonic() + patience_s
    every = migrations() if written is None else written
    try:
        with _connect(url) as connection:
            connection.autocommit = True
            ensure_reader(connection)
            applied = []
            step = partial(_apply_next, connection, url, every)
            while name := _patiently(step, deadline):
                applied.append(name)
            _require_pgvector(connection)
            ensure_vector_index(connection, form)
            return applied
    except _HELD as error:
        message = (
            f"a migration cannot go on: {error}. pg_stat_activity tells who has a transaction open"
            " for long; what was applied stays, migrate again"
        )
        raise DatabaseUnavailableError(message) from error
    except psycopg.OperationalError as error:
        message = f"the database cannot be reached: {told(error)}"
        raise DatabaseUnavailableError(message) from error


def _patiently(step: Callable[[], str | None], deadline: float) -> str | None:
    while True:
        try:
            return step()
        except _HELD:
            if time.monotonic() > deadline:
                raise
            time.sleep(_GIVE_WAY_S)


def _connect(url: str, *, options: str | None = None) -> Connection:
    try:
        return psycopg.connect(
            make_conninfo(url, **tcp_limits(LOST_AFTER_S)),
            connect_timeout=_CONNECT_TIMEOUT_S,
            row_factory=dict_row,
            options=options,
        )
    except psycopg.ProgrammingError:
        # What psycopg says of a URL that it cannot read holds parts of it, such as the password.
        message = "the database URL is not well formed; percent-encode signs such as @ in it"
        raise SettingsError(message) from None


def _apply_next(connection: Connection, url: str, every: Sequence[Migration]) -> str | None:
    """Apply the first migration that is new, if any; tells its name."""
    with connection.transaction():
        _hold(connection)
        name, statements, checksum = _first_new(connection, every)
        if name is None:
            return None
        if not statements.startswith(OUTSIDE):
            connection.execute("select set_config('lock_timeout', %s, true)", [_LOCK_TIMEOUT])
            connection.execute(statements.encode())
        else:
            # The lock stays with this transaction, which reads nothing meanwhile: whoever builds an
            # index concurrently waits for all that do.
            _apply_outside(url, statements)
        connection.execute("insert into migration values (%s, %s)", [name, checksum])
        return name


def _apply_outside(url: str, statements: str) -> None:
    """One by one, each in no transaction: they can be run again after a break.

    The limit comes with the connection. Set in the session it would be, behind a pooler, that of
    whoever gets the session next.
    """
    with _connect(url, options=f"-c lock_timeout={_LOCK_TIMEOUT}") as connection:
        connection.autocommit = True
        for statement in statements_of(statements):
            connection.execute(statement.encode())


def statements_of(text: str) -> list[str]:
    """The statements of a migration that runs outside of transactions; each ends its line."""
    return [part for part in text.split(";\n") if part.strip()]


def _hold(connection: Connection) -> None:
    """One migrates at a time. Never waits, so that nobody's snapshot holds up an index."""
    row = connection.execute("select pg_try_advisory_xact_lock(%s) as held", [_ADVISORY_LOCK])
    if not row.fetchall()[0]["held"]:
        message = "another process migrates"
        raise psycopg.errors.LockNotAvailable(message)


def _first_new(connection: Connection, every: Sequence[Migration]) -> tuple[str | None, str, str]:
    connection.execute(
        "create table if not exists migration (name text primary key, checksum text not null,"
        " applied_at timestamptz not null default now())"
    )
    rows = connection.execute("select name, checksum from migration").fetchall()
    known = {str(row["name"]): str(row["checksum"]) for row in rows}
    for name, statements in every:
        checksum = hashlib.sha256(statements.encode()).hexdigest()
        if name not in known:
            return name, statements, checksum
        if known[name] != checksum:
            message = f"migration {name} was changed after it had been applied; restore its text"
            raise SettingsError(message)
    return None, "", ""


def migrations() -> list[Migration]:
    """Names and texts in their order."""
    folder = files("footnote.postgres").joinpath("migrations")
    paths = [path for path in folder.iterdir() if path.name.endswith(".sql")]
    return [(path.name, path.read_text()) for path in sorted(paths, key=lambda path: path.name)]


def _require_pgvector(connection: Connection) -> None:
    query = "select extversion from pg_extension where extname = 'vector'"
    row = connection.execute(query).fetchone()
    version = tuple(int(part) for part in str(row["extversion"]).split(".")) if row else ()
    if version < MINIMUM_PGVECTOR:
        required = ".".join(map(str, MINIMUM_PGVECTOR))
        message = f"pgvector {required} or newer is required; this database has {version}"
        raise SettingsError(message)
