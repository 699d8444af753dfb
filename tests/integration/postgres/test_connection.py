"""Connections to Postgres: no more than were allowed, however many ask."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from footnote.domain.errors import DatabaseUnavailableError
from footnote.postgres.connection import Database
from tests.faults.silent_proxy import SilentProxy

pytestmark = pytest.mark.integration
NEVER_CLOSED = """
import sys
from footnote.postgres.connection import Database

kept = Database(sys.argv[1], connections=2)
kept.ping()
dropped = Database(sys.argv[1], connections=2)
dropped.ping()
del dropped
"""


def test_many_threads_share_the_connections_that_one_process_may_open(database_url: str) -> None:
    database = Database(database_url, connections=2, connect_timeout_s=60)

    def pid(_: int) -> object:
        with database.transaction() as connection:
            found = connection.execute("select pg_backend_pid() as pid, pg_sleep(0.01)")
            return found.fetchall()[0]["pid"]

    with ThreadPoolExecutor(20) as threads:
        pids = set(threads.map(pid, range(60)))
    database.close()
    assert len(pids) == 2


def test_a_pooler_that_keeps_no_prepared_statements_fails_one_transaction_and_no_more(
    database_url: str,
) -> None:
    database = Database(database_url, connections=1)

    def ask() -> object:
        with database.transaction() as connection:
            return connection.execute("select 1 as one", prepare=True).fetchall()[0]["one"]

    assert ask() == 1
    # As if the next transaction went to another session of the server.
    with database.autocommit() as connection:
        connection.execute("do $$ begin execute 'deallocate all'; end $$")
    with pytest.raises(DatabaseUnavailableError, match="pooler"):
        ask()
    assert ask() == ask() == 1
    database.close()


def test_nothing_is_prepared_where_that_is_turned_off(database_url: str) -> None:
    database = Database(database_url, connections=1, prepare=False)
    with database.transaction() as connection:
        connection.execute("select 1", prepare=True)
        prepared = connection.execute("select name from pg_prepared_statements").fetchall()
    database.close()
    assert prepared == []


def test_a_changed_password_costs_one_failed_attempt_and_one_look_at_the_secret(
    database_url: str,
) -> None:
    outdated = database_url.replace("postgres@", "a_user_that_is_gone@")
    rotated, looks = iter([outdated, database_url, outdated]), []

    def read() -> str:
        looks.append(next(rotated))
        return looks[-1]

    database = Database(read, connections=1, connect_timeout_s=10)
    database.ping()
    assert looks == [outdated, database_url]

    kill = "select pg_terminate_backend(pg_backend_pid())"
    with pytest.raises(DatabaseUnavailableError), database.autocommit() as connection:
        connection.execute(kill)
    database.ping()  # nobody looks as long as it works
    database.close()
    assert looks == [outdated, database_url]


def test_a_host_that_says_nothing_more_fails_one_request_and_no_other(database_url: str) -> None:
    with SilentProxy(database_url) as proxy:
        database = Database(proxy.url, connections=1, lost_after_s=1)
        database.ping()
        proxy.fall_silent()
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailableError), database.transaction() as connection:
            connection.execute("select 1")
        assert time.monotonic() - began < 20  # by itself the kernel tries for a quarter of an hour
        database.ping()
        database.close()


def test_a_host_that_fell_silent_while_nobody_asked_fails_no_request(database_url: str) -> None:
    with SilentProxy(database_url) as proxy:
        database = Database(proxy.url, connections=1, lost_after_s=1)
        with database.autocommit() as connection:
            lost = connection
        lost.heard_at -= 3600
        proxy.fall_silent()
        with database.transaction() as connection:
            assert connection is not lost
        database.close()


def test_health_does_not_wait_for_a_server_that_hangs(database_url: str) -> None:
    database = Database(database_url, connections=1)
    with database.autocommit() as connection:
        pid = connection.info.backend_pid
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    try:
        with pytest.raises(DatabaseUnavailableError):
            database.ping()
    finally:
        os.kill(pid, signal.SIGCONT)
    assert time.monotonic() - began < 20
    database.close()


def test_a_program_ends_without_waiting_for_connections_that_it_did_not_close(
    database_url: str,
) -> None:
    ran = subprocess.run(  # noqa: S603 our own code
        [sys.executable, "-c", NEVER_CLOSED, database_url],
        capture_output=True,
        text=True,
        check=False,
    )
    # The pool would say of each of its threads that it could not stop it in five seconds.
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
