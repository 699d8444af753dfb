"""Intake is killed, at each place where its work touches the outside: no event is lost."""

import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from footnote.domain.document import DocumentStatus
from footnote.inbox.notifications import ObjectEvent
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from tests.faults.failpoints import Failpoints
from tests.faults.intake import Intake
from tests.faults.reader import Reader
from tests.faults.shelf import Shelf
from tests.faults.worker import Worker

pytestmark = pytest.mark.integration
# Of two knowledge bases, so that one batch holds work of two groups.
KEYS = ("desk/manual.md", "help/manual.md")
PATIENCE_S = 60
PLACES = [
    *("admit: before the commit", "admit: committed", "sent", "sent", "done, not yet acknowledged")
]


@dataclass
class World:
    """Two manuals that are edited again and again, and an intake that is killed each time."""

    intake: Intake
    worker: Worker
    shelf: Shelf
    reader: Reader
    documents: PostgresDocuments
    editions: Iterator[int]

    def upload(self) -> tuple[int, list[ObjectEvent]]:
        number = next(self.editions)
        return number, [self.shelf.put(key, number) for key in KEYS]

    def edit(self, *, deadly: int | None = None, after_s: float = PATIENCE_S) -> None:
        """Upload both; the first intake is killed there, or after so long; the second is not."""
        number, events = self.upload()
        killed = self.intake.start(events, deadly=deadly)
        killed.join(after_s)
        if killed.is_alive():
            killed.kill()
            killed.join()
        assert killed.exitcode in (0, -signal.SIGKILL)
        assert self.intake.take(events, Failpoints()) == []
        self.work(number)

    def work(self, number: int) -> None:
        work = self.intake.waiting()
        assert {event.version.key for event in work} == set(KEYS)
        assert len(work) <= 2 * len(KEYS)
        for event in work:
            assert self.worker.take([event], Failpoints()) == []
        assert [self.reader.look(key) for key in KEYS] == [f"edition {number}"] * len(KEYS)
        for key in KEYS:
            row = self.documents.state(key)
            assert row
            assert (row["status"], row["version_id"]) == (DocumentStatus.READY, f"v{number}")


@pytest.fixture
def world(database: Database, database_url: str, tmp_path: Path) -> Iterator[World]:
    editions = count(1)
    worker = Worker(database_url=database_url, folder=tmp_path)
    intake = Intake(database_url=database_url, folder=tmp_path)
    documents = PostgresDocuments(database)
    with Reader(database_url, KEYS) as reader:
        yield World(intake, worker, Shelf(tmp_path), reader, documents, editions)
    assert reader.partial == []


def kill_everywhere(world: World, times: int) -> None:
    points = Failpoints()
    number, events = world.upload()
    world.intake.take(events, points)
    assert points.passed == PLACES
    world.work(number)
    for place in range(len(PLACES)):
        for _ in range(times):
            world.edit(deadly=place)


def kill_whenever(world: World, times: int) -> None:
    """At any moment, whether anything is known to happen there or not."""
    world.edit()
    number, events = world.upload()
    began = time.monotonic()
    world.intake.start(events).join()
    took = time.monotonic() - began
    world.work(number)
    moments = random.Random(4)
    for _ in range(times):
        world.edit(after_s=moments.uniform(0, took))


def test_an_intake_killed_anywhere_loses_no_event(world: World) -> None:
    kill_everywhere(world, times=1)


def test_an_intake_killed_at_any_moment_loses_no_event(world: World) -> None:
    kill_whenever(world, times=3)


@pytest.mark.storm
def test_an_intake_killed_anywhere_twenty_times(world: World) -> None:
    kill_everywhere(world, times=20)


@pytest.mark.storm
def test_an_intake_killed_at_a_hundred_moments(world: World) -> None:
    kill_whenever(world, times=100)
