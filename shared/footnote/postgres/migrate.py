"""Applies the numbered migrations, forward only, once each, whoever else tries at the same time."""

import hashlib
from importlib.resources import files

import psycopg
from psycopg.rows import dict_row

from footnote.domain.errors import DatabaseUnavailableError, SettingsError
from footnote.domain.masking import told
from footnote.domain.search_index import IndexForm
from footnote.postgres.connection import Connection
from footnote.postgres.reader import ensure_reader
from footnote.postgres.vector_index import ensure_vector_index

MINIMUM_PGVECTOR = (0, 8, 0)
# Any constant serves: it only has to be the same in every process that migrates.
_ADVISORY_LOCK = 0x466F6F74
_CONNECT_TIMEOUT_S = 30  # an Aurora that pauses needs 15 to wake up


def apply_migrations(url: str, form: IndexForm) -> list[str]:
    """Bring the database up to this version and return the names of what was applied.

    The model of `form`, which new knowledge bases begin with, gets its HNSW index.

    Raises:
        SettingsError: an applied migration was changed afterwards, pgvector is too old, or the
            user may not make the role that readers have.
        DatabaseUnavailableError: Postgres cannot be reached.
    """
    try:
        with _connect(url) as connection:
            ensure_reader(connection)
            connection.execute("select pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
            applied = _apply_new(connection)
            _require_pgvector(connection)
            connection.commit()
            connection.autocommit = True
            ensure_vector_index(connection, form)
            return applied
    except psycopg.OperationalError as error:
        message = f"the database cannot be reached: {told(error)}"
        raise DatabaseUnavailableError(message) from error


def _connect(url: str) -> Connection:
    try:
        return psycopg.connect(url, connect_timeout=_CONNECT_TIMEOUT_S, row_factory=dict_row)
    except psycopg.ProgrammingError:
        # What psycopg says of a URL that it cannot read holds parts of it, such as the password.
        message = "the database URL is not well formed; percent-encode signs such as @ in it"
        raise SettingsError(message) from None


def _apply_new(connection: Connection) -> list[str]:
    connection.execute(
        "create table if not exists migration (name text primary key, checksum text not null,"
        " applied_at timestamptz not null default now())"
    )
    rows = connection.execute("select name, checksum from migration").fetchall()
    known = {str(row["name"]): str(row["checksum"]) for row in rows}
    applied = []
    for name, statements in _migrations():
        checksum = hashlib.sha256(statements.encode()).hexdigest()
        if name not in known:
            connection.execute(statements.encode())
            connection.execute("insert into migration values (%s, %s)", [name, checksum])
            applied.append(name)
        elif known[name] != checksum:
            message = f"migration {name} was changed after it had been applied; restore its text"
            raise SettingsError(message)
    return applied


def _migrations() -> list[tuple[str, str]]:
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
