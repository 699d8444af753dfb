"""What every tier shares: a real Postgres with pgvector, a fresh database for each test."""

import os
import shutil
import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from footnote.domain.search_index import IndexForm
from footnote.local.database import start_postgres
from footnote.local.workspace import Workspace
from footnote.postgres.connection import Database
from footnote.postgres.migrate import apply_migrations
from tests.fakes import FakeEmbedder
from tests.longest_first import ROOT, place

# No test may ever reach a real account.
os.environ |= {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "POWERTOOLS_TRACE_DISABLED": "1",
}
# A shell that starts this in the background has it ignore Ctrl-C, and so would every program of it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
_numbers = count(1)
_ROOM = 8 * 2**30


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty server; a test that only wants a database asks for `database_url`.

    Not in pytest's own folder: another session would close that to the server's account.
    """
    with TemporaryDirectory(
        prefix="footnote-test-", dir=_in_memory(), ignore_cleanup_errors=True
    ) as folder:
        workspace = Workspace(root=Path(folder))
        workspace.logs.mkdir()
        postgres = start_postgres(workspace)
        yield postgres.url
        postgres.program.stop()


def _in_memory() -> str | None:
    """Where a copy of a database takes 20 ms and not 200, if there is room for all servers."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it is made with a name of its own
    room = shutil.disk_usage(memory).free if memory.is_dir() else 0
    return str(memory) if room > _ROOM else None


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> str:
    """A migrated database that each test gets a copy of, which is quicker than migrating."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("create database migrated")
    form = IndexForm(model=FakeEmbedder.model, dimension=384)
    apply_migrations(_at(postgres_url, "migrated"), form)
    return "migrated"


@pytest.fixture
def empty_database_url(postgres_url: str) -> Iterator[str]:
    yield from _database(postgres_url, "template1")


@pytest.fixture(scope="module")
def empty_module_database_url(postgres_url: str) -> Iterator[str]:
    """One for all tests of a module, which migrates it itself."""
    yield from _database(postgres_url, "template1")


@pytest.fixture
def database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    yield from _database(postgres_url, template_database)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    # A busy machine is not one that cannot be reached.
    opened = Database(database_url, connect_timeout_s=30)
    yield opened
    opened.close()


@pytest.fixture
def second_database(postgres_url: str, template_database: str) -> Iterator[Database]:
    """Another deployment's."""
    for url in _database(postgres_url, template_database):
        opened = Database(url)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def shared_database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """One for all tests of a module, which change nothing in it."""
    yield from _database(postgres_url, template_database)


@pytest.fixture(scope="module")
def shared_database(shared_database_url: str) -> Iterator[Database]:
    opened = Database(shared_database_url)
    yield opened
    opened.close()


def _database(server: str, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    statement = sql.SQL("create database {} template {}")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    yield _at(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _at(server: str, database: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{database}"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files go first; what is left for the end are unit tests, which fill gaps."""
    items.sort(key=lambda item: place(item.path.relative_to(ROOT).as_posix()))


def pytest_report_header() -> str | None:
    seed = os.environ.get("FOOTNOTE_STORM_SEED")
    return f"storm: make storm STORM_SEED={seed} draws the same examples again" if seed else None


def pytest_make_parametrize_id(val: object) -> str | None:
    """Files that tests make differ from process to process, and are no names to read."""
    if isinstance(val, bytes):
        return "bytes"
    return f"{val[:40]}..." if isinstance(val, str) and len(val) > 60 else None
