"""The connection to Postgres is cut when a COMMIT was sent: nobody knows whether it arrived."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path

import pytest

from tests.faults.cutting_proxy import CuttingProxy
from tests.faults.failpoints import Failpoints
from tests.faults.reader import Reader
from tests.faults.shelf import Shelf
from tests.faults.worker import Worker

pytestmark = pytest.mark.integration
KEY = "help/manual.md"


@dataclass
class World:
    """A manual that is edited again and again over connections that are cut."""

    proxy: CuttingProxy
    worker: Worker
    shelf: Shelf
    reader: Reader
    editions: Iterator[int]

    def edit(self, *, cut: int, arrives: bool) -> None:
        """Upload an edition; its first delivery loses the reply to its nth COMMIT."""
        number = next(self.editions)
        event = self.shelf.put(KEY, number)
        self.proxy.cut(cut, arrives=arrives)
        failed = self.worker.take([event], Failpoints())
        assert self.proxy.commits >= cut
        assert self.reader.look(KEY) in {f"edition {number - 1}", f"edition {number}"}
        if failed:
            assert self.worker.take([event], Failpoints()) == []
        assert self.reader.look(KEY) == f"edition {number}"
        assert self.shelf.tags(KEY, f"v{number}")["footnote-status"] == "ready"

    def commits_of_an_edit(self) -> int:
        self.edit(cut=1, arrives=True)
        self.proxy.cut(0, arrives=True)
        self.worker.take([self.shelf.put(KEY, next(self.editions))], Failpoints())
        return self.proxy.commits


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    with (
        CuttingProxy(database_url) as proxy,
        Reader(database_url, [KEY]) as reader,
    ):
        worker = Worker(database_url=proxy.url, folder=tmp_path)
        yield World(proxy, worker, Shelf(tmp_path), reader, count(1))
    assert reader.partial == []


def cut_every_commit(world: World, times: int) -> int:
    commits = range(1, world.commits_of_an_edit() + 1)
    cuts = list(product(commits, (True, False))) * times
    for cut, arrives in cuts:
        world.edit(cut=cut, arrives=arrives)
    assert max(world.shelf.paid().values()) == 1
    return len(cuts)


def test_a_commit_whose_reply_is_lost_is_found_done_or_done_again(world: World) -> None:
    assert cut_every_commit(world, times=1) >= 16


@pytest.mark.storm
def test_a_hundred_commits_whose_replies_are_lost(world: World) -> None:
    assert cut_every_commit(world, times=7) >= 100
