"""The embedded database keeps its data through every kind of end."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from footnote.local.database import EmbeddedPostgres, start_postgres
from footnote.local.workspace import Workspace

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("cluster"))


@pytest.fixture
def postgres(workspace: Workspace) -> Iterator[EmbeddedPostgres]:
    running = start_postgres(workspace)
    yield running
    running.program.stop()


def postmaster(workspace: Workspace) -> int:
    return int((workspace.postgres / "postmaster.pid").read_text().splitlines()[0])


def write(postgres: EmbeddedPostgres, note: str) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("create table if not exists note (text text)")
        connection.execute("insert into note values (%s)", [note])


def holds(postgres: EmbeddedPostgres, note: str) -> bool:
    with psycopg.connect(postgres.url) as connection:
        return bool(connection.execute("select from note where text = %s", [note]).fetchall())


def test_pgvector_is_there(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("create extension if not exists vector")


def test_data_outlives_a_killed_server(workspace: Workspace) -> None:
    postgres = start_postgres(workspace)
    write(postgres, "killed")
    os.kill(postmaster(workspace), signal.SIGKILL)
    postgres.program.stop()
    again = start_postgres(workspace)
    assert holds(again, "killed")
    again.program.stop()


def test_a_server_that_was_left_behind_is_ended_first(workspace: Workspace) -> None:
    left_behind = start_postgres(workspace)
    write(left_behind, "left_behind")
    first = postmaster(workspace)
    again = start_postgres(workspace)
    assert postmaster(workspace) != first
    assert holds(again, "left_behind")
    again.program.stop()
    left_behind.program.stop()


def test_a_pid_file_that_names_somebody_else_is_no_obstacle(workspace: Workspace) -> None:
    start_postgres(workspace).program.stop()
    pid_file = workspace.postgres / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{workspace.postgres}\n{int(time.time())}\n5432\n")
    postgres = start_postgres(workspace)
    assert postmaster(workspace) != os.getpid()
    postgres.program.stop()


def test_a_long_path_gets_its_socket_elsewhere() -> None:
    with TemporaryDirectory(prefix="footnote-test-", ignore_cleanup_errors=True) as folder:
        workspace = Workspace(Path(folder) / ("long-" * 16))
        workspace.root.mkdir()
        postgres = start_postgres(workspace)
        write(postgres, "reached")
        assert holds(postgres, "reached")
        postgres.program.stop()
