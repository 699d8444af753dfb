"""Postgres is killed while documents are worked on and read."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from footnote.deliveries import DeliveryPorts
from footnote.domain.errors import DatabaseUnavailableError
from footnote.inbox.notifications import ObjectEvent
from footnote.postgres.connection import Database
from footnote.postgres.migrate import apply_migrations
from tests.faults.failpoints import Failpoints
from tests.faults.reader import Reader
from tests.faults.server import Server
from tests.faults.shelf import Shelf
from tests.faults.worker import FORM, Worker, deliver

pytestmark = pytest.mark.integration
# Each in a knowledge base of its own, so that a reader can ask for all of it.
KEYS = [f"help{number}/manual.md" for number in range(4)]
WORKERS = 2
# Most of what an edit of two manuals takes.
LOAD_S = 0.3
RECOVERED_WITHIN_S = 60


@dataclass
class World:
    """Workers that keep their connections, as warm environments of a function do."""

    server: Server
    workers: list[DeliveryPorts]
    shelf: Shelf
    reader: Reader
    editions: Iterator[int]
    interrupted: int = 0

    def edit(self, kill_after_s: float, *, all_of_it: bool, moments: random.Random) -> None:
        """Upload editions; the server is killed at their first delivery, and not at the second."""
        numbers = {key: next(self.editions) for key in KEYS}
        events = [self.shelf.put(key, number) for key, number in numbers.items()]
        with ThreadPoolExecutor(WORKERS) as pool:
            first = pool.map(deliver, self._shares(events), self.workers)
            time.sleep(kill_after_s)
            if all_of_it:
                self.server.kill()
                self.server.start()
            else:
                self.server.kill_backend(moments)
            failed = {key for share in first for key in share}
        self.interrupted += len(failed)
        self._wait_until_recovered()
        again = [event for event in events if event.version.key in failed]
        for share, ports in zip(self._shares(again), self.workers, strict=True):
            assert deliver(share, ports) == []
        for key, number in numbers.items():
            assert self.reader.look(key) == f"edition {number}"
            assert self.shelf.tags(key, f"v{number}")["footnote-status"] == "ready"

    def _shares(self, events: list[ObjectEvent]) -> list[list[ObjectEvent]]:
        return [events[place::WORKERS] for place in range(WORKERS)]

    def _wait_until_recovered(self) -> None:
        database = Database(self.server.url, connections=1, connect_timeout_s=1)
        until = time.monotonic() + RECOVERED_WITHIN_S
        while True:
            try:
                database.ping()
                break
            except DatabaseUnavailableError:
                assert time.monotonic() < until
        database.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with ExitStack() as parts:
        # Not in pytest's own folder: another session would close that to the server's account.
        folder = parts.enter_context(
            TemporaryDirectory(prefix="footnote-test-", ignore_cleanup_errors=True)
        )
        server = Server(Path(folder))
        parts.callback(server.stop)
        apply_migrations(server.url, FORM)
        worker = Worker(database_url=server.url, folder=tmp_path)
        workers = [parts.enter_context(worker.ports(Failpoints())) for _ in range(WORKERS)]
        reader = parts.enter_context(Reader(server.url, KEYS))
        world = World(server, workers, Shelf(tmp_path), reader, count(1))
        # What all editions share is embedded once, here: nobody promises that of two at a time.
        assert (
            deliver([world.shelf.put(key, next(world.editions)) for key in KEYS], workers[0]) == []
        )
        yield world
        assert reader.partial == []


def kill_under_load(world: World, times: int) -> None:
    moments = random.Random(9)
    for turn in range(times):
        world.edit(moments.uniform(0, LOAD_S), all_of_it=turn % 2 == 0, moments=moments)
    assert max(world.shelf.paid().values()) == 1


def test_a_server_that_is_killed_loses_nothing_and_shows_no_part(world: World) -> None:
    kill_under_load(world, times=2)


@pytest.mark.storm
def test_a_server_that_is_killed_fifty_times(world: World) -> None:
    kill_under_load(world, times=50)
    assert world.interrupted > 0
