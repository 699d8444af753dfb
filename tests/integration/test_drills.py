"""What the drills measure with, and the drills themselves in the storm."""

import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from footnote.domain.drift import CurrentObject, Horizon, Repair
from footnote.domain.reconciliation import Report, Request
from footnote.inbox.notifications import read_notification
from footnote.postgres.connection import Database
from footnote.postgres.migrate import apply_migrations
from footnote.postgres.reconcile import PostgresReconciliation
from footnote.reconcile import ReconcilePorts, reconcile
from tests.drills.locks import LockWatch
from tests.drills.old_code import NoHistoryError, old_code, revision_before
from tests.drills.restore import dump_to, restore, restore_from
from tests.drills.upgrade import Outcome, upgrade
from tests.fakes import FakeBucket
from tests.integration.test_ingest import FORM, SIXTY, THIRTY, CountingEmbedder, World
from tests.running_system import eventually

pytestmark = pytest.mark.integration


def test_who_waits_for_a_lock_is_seen_with_what_it_wanted(database_url: str) -> None:
    def ask() -> None:
        with psycopg.connect(database_url) as connection:
            connection.execute("select from document")

    with LockWatch(database_url) as locks:
        with psycopg.connect(database_url) as holder:
            holder.execute("lock table document")
            asking = threading.Thread(target=ask)
            asking.start()
            eventually(lambda: locks.longest_s, lambda seen: seen > 0.05, within_s=60)
        asking.join()
    assert locks.statement == "select from document"


def test_an_upgrade_is_good_only_where_nobody_noticed() -> None:
    usual = Outcome(applied=["0002"], done={"ask": 1}, longest_wait_s=1.9)
    assert usual.good
    assert not replace(usual, longest_wait_s=2.1).good
    assert not replace(usual, errors=["ask: 503"]).good
    assert not replace(usual, applied=[]).good
    assert not replace(usual, done={}).good


def test_without_history_it_is_said_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoHistoryError, match="no migration 9999"):
        revision_before("9999")
    with pytest.raises(NoHistoryError, match="git fetch --unshallow"), old_code("0" * 40, "uv"):
        raise AssertionError(tmp_path)


@dataclass
class Reconciling:
    """A bucket and a database, and the queue between them."""

    world: World
    name: str = "documents"

    def listing(self, prefix: str) -> Iterator[CurrentObject]:
        return self.world.bucket.listing(prefix)

    def send(self, bodies: Sequence[str]) -> None:
        for body in bodies:
            for event in read_notification(body):
                self.world.ingest(event)

    def run(self) -> Report:
        later = datetime.now(UTC) + timedelta(hours=1)
        ports = ReconcilePorts(
            bucket=self,
            documents=PostgresReconciliation(self.world.database),
            notifications=self,
            max_delete_share=0.2,
        )
        return reconcile(ports, Request(horizon=Horizon(settled_before=later, stuck_before=later)))


def test_a_restored_database_is_brought_in_line_with_the_bucket(
    database: Database, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    world = World(database, FakeBucket(), CountingEmbedder())
    for name in ("stays", "changes", "goes", "comes back"):
        world.ingest(world.bucket.put(f"help/{name}.md", THIRTY + name.encode()))
    world.ingest(world.bucket.remove("help/comes back.md"))
    dump_to(tmp_path / "dump", database_url)
    for name in ("changes", "comes back", "is new"):
        world.ingest(world.bucket.put(f"help/{name}.md", SIXTY + name.encode()))
    world.ingest(world.bucket.remove("help/goes.md"))
    restore_from(tmp_path / "dump", empty_database_url)
    assert apply_migrations(empty_database_url, FORM) == []
    restored = Database(empty_database_url)
    there = World(restored, world.bucket, CountingEmbedder())
    assert sorted(there.texts()) != sorted(world.texts())
    (report,) = Reconciling(there).run().knowledge_bases
    assert (dict(report.sent), report.to_delete) == (
        {Repair.STALE: 1, Repair.RESTORED: 1, Repair.MISSING: 1},
        1,
    )
    assert sorted(there.texts()) == sorted(world.texts())
    there.check_statistics()
    assert Reconciling(there).run().sent == 0
    restored.close()


@pytest.mark.storm
def test_old_and_new_code_work_together_while_a_database_is_migrated() -> None:
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not on the PATH: `make storm` names it")
    with old_code(revision_before(None), uv) as code:
        outcome = upgrade(code, seconds=10, documents=50, questions=100_000)
    assert outcome.good, outcome


@pytest.mark.storm
def test_a_lost_database_is_restored_and_follows_the_bucket() -> None:
    result = restore(50)
    assert result.good, result
