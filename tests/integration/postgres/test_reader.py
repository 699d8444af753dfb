"""The role of readers on servers that never had it, made by users who may do little."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from psycopg import sql

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import SettingsError
from footnote.domain.search_index import IndexForm
from footnote.local.database import start_postgres
from footnote.local.workspace import Workspace
from footnote.postgres.connection import Database, Step
from footnote.postgres.migrate import apply_migrations

pytestmark = pytest.mark.integration
FORM = IndexForm(model="model", dimension=384)
WHO = "select current_user::text as name, session_user::text as owner"
_numbers = count(1)


class Server:
    """A server of its own, since roles belong to all databases of one."""

    def __init__(self, url: str) -> None:
        self._url = url

    def run(self, *statements: str) -> None:
        """As its superuser."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def database(self, owner: str = "postgres") -> str:
        """A new database with pgvector, and its URL for its owner."""
        name = f"new_{next(_numbers)}"
        with psycopg.connect(self._url, autocommit=True) as connection:
            statement = sql.SQL("create database {} owner {}")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(owner)))
        url = self._url.replace("/postgres?", f"/{name}?")
        with psycopg.connect(url, autocommit=True) as connection:
            # Not every pgvector lets others than superusers have it.
            connection.execute("create extension vector")
        return url.replace("//postgres@", f"//{owner}@")

    def forget_reader(self) -> None:
        """As if no database of the server had ever been migrated."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            for (name,) in connection.execute(
                "select datname from pg_database where datname like 'new_%'"
            ).fetchall():
                drop = sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
                connection.execute(drop)
            connection.execute("drop role if exists footnote_reader")


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with TemporaryDirectory(prefix="footnote-test-", ignore_cleanup_errors=True) as folder:
        workspace = Workspace(root=Path(folder))
        workspace.logs.mkdir()
        postgres = start_postgres(workspace)
        server = Server(postgres.url)
        server.run(
            "create user maker createrole", "create user nobody", "create user other createrole"
        )
        yield server
        postgres.program.stop()


@pytest.fixture
def server(running: Server) -> Server:
    running.forget_reader()
    return running


def reads_as(url: str) -> dict[str, object]:
    database = Database(url, connections=1)
    step = Step(statement=WHO, parameters={})
    ((row,),) = database.run_within(KnowledgeBaseId("help"), step)
    database.close()
    return row


def test_a_user_who_may_make_roles_needs_no_superuser(server: Server) -> None:
    url = server.database("maker")
    assert apply_migrations(url, FORM)
    assert reads_as(url) == {"name": "footnote_reader", "owner": "maker"}
    assert apply_migrations(url, FORM) == []


def test_a_user_who_may_not_is_told_what_an_administrator_runs(server: Server) -> None:
    url = server.database("nobody")
    advice = "permission denied to create role.*grant footnote_reader to nobody;"
    with pytest.raises(SettingsError, match=advice):
        apply_migrations(url, FORM)
    server.run("create role footnote_reader nologin", "grant footnote_reader to nobody")
    assert apply_migrations(url, FORM)
    assert reads_as(url) == {"name": "footnote_reader", "owner": "nobody"}


def test_a_role_that_somebody_else_made_is_taken_on_when_it_was_granted(server: Server) -> None:
    apply_migrations(server.database("maker"), FORM)
    url = server.database("other")
    with pytest.raises(SettingsError, match="grant footnote_reader to other;"):
        apply_migrations(url, FORM)
    server.run("grant footnote_reader to other")
    assert apply_migrations(url, FORM)
    assert reads_as(url)["name"] == "footnote_reader"


def test_databases_of_one_server_are_migrated_at_the_same_moment(server: Server) -> None:
    urls = [server.database() for _ in range(3)]
    with ThreadPoolExecutor(len(urls)) as threads:
        applied = list(threads.map(lambda url: apply_migrations(url, FORM), urls))
    assert all(applied)
    assert [reads_as(url)["name"] for url in urls] == ["footnote_reader"] * 3
