"""Connections to Postgres: no more than were allowed, however many ask."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from footnote.postgres.connection import Database

pytestmark = pytest.mark.integration


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
