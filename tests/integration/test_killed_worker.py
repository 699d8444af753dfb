"""A worker is killed, at each place where its work touches the outside."""

import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from footnote.postgres.connection import Database
from tests.faults.failpoints import Failpoints
from tests.faults.reader import A_PART, Reader
from tests.faults.shelf import Shelf
from tests.faults.worker import EMBEDDED_TOGETHER, Worker

pytestmark = pytest.mark.integration
KEY = "help/manual.md"
PATIENCE_S = 60
# What a document that is edited comes by, several times some of it.
PLACES = {
    *("claim: before the commit", "claim: committed", "fetched", "parsed"),
    *("indexes: before the commit", "indexes: committed"),
    *("find: before the commit", "find: committed", "embedded"),
    *("keep: before the commit", "keep: committed"),
    *("progress: before the commit", "progress: committed"),
    *("publish: before the commit", "publish: committed", "tagged", "done, not yet acknowledged"),
}
# The model has answered and nothing of it is kept yet: nobody can know of the answer.
UNKEPT = {"embedded", "keep: before the commit"}


@dataclass
class World:
    """A manual that is edited again and again by workers that are killed."""

    worker: Worker
    shelf: Shelf
    reader: Reader
    editions: Iterator[int]

    def edit(self, *, deadly: int | None = None, after_s: float = PATIENCE_S) -> None:
        """Upload an edition; its first worker is killed there, or after so long; the second not."""
        number = next(self.editions)
        event = self.shelf.put(KEY, number)
        killed = self.worker.start(event, deadly=deadly)
        killed.join(after_s)
        if killed.is_alive():
            killed.kill()
            killed.join()
        assert killed.exitcode in (0, -signal.SIGKILL)
        assert self.reader.look(KEY) in {f"edition {number - 1}", f"edition {number}"}
        assert self.worker.take([event], Failpoints()) == []
        assert self.reader.look(KEY) == f"edition {number}"
        assert self.shelf.tags(KEY, f"v{number}")["footnote-status"] == "ready"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    editions = count(1)
    worker = Worker(database_url=database_url, folder=tmp_path)
    with Reader(database_url, [KEY]) as reader:
        yield World(worker, Shelf(tmp_path), reader, editions)
    assert reader.partial == []


def places_of_an_edit(world: World) -> list[str]:
    """Every place that the work on an edited manual comes by, in order."""
    world.worker.take([world.shelf.put(KEY, next(world.editions))], Failpoints())
    points = Failpoints()
    world.worker.take([world.shelf.put(KEY, next(world.editions))], points)
    assert set(points.passed) == PLACES
    return points.passed


def kill_everywhere(world: World, times: int) -> None:
    for place, name in enumerate(places_of_an_edit(world)):
        for _ in range(times):
            paid = world.shelf.paid().total()
            once = len(world.shelf.paid())
            world.edit(deadly=place)
            again = (world.shelf.paid().total() - paid) - (len(world.shelf.paid()) - once)
            assert again == 0 if name not in UNKEPT else 0 < again <= EMBEDDED_TOGETHER, name


def kill_whenever(world: World, times: int) -> None:
    """At any moment, whether anything is known to happen there or not."""
    places_of_an_edit(world)
    began = time.monotonic()
    world.edit()
    took = (time.monotonic() - began) / 2
    moments = random.Random(3)
    for _ in range(times):
        world.edit(after_s=moments.uniform(0, took))
    assert max(world.shelf.paid().values()) <= 2


def test_a_reader_would_notice_a_part(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    shelf = Shelf(tmp_path)
    worker = Worker(database_url=database_url, folder=tmp_path)
    worker.take([shelf.put(KEY, 1)], Failpoints())
    with database.transaction() as connection:
        connection.execute("delete from chunk where ordinal = 3")
    with Reader(database_url, [KEY]) as reader:
        assert reader.look(KEY) == A_PART
    assert reader.partial


def test_a_worker_killed_anywhere_leaves_no_part_and_the_next_one_finishes(world: World) -> None:
    kill_everywhere(world, times=1)


def test_a_worker_killed_at_any_moment_leaves_no_part_and_the_next_one_finishes(
    world: World,
) -> None:
    kill_whenever(world, times=3)


@pytest.mark.storm
def test_a_worker_killed_anywhere_twenty_times(world: World) -> None:
    kill_everywhere(world, times=20)


@pytest.mark.storm
def test_a_worker_killed_at_a_hundred_moments(world: World) -> None:
    kill_whenever(world, times=100)
