"""One reconciliation from the outside: what it sends, what it holds back, and what it reports."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from footnote.domain.document import DocumentStatus, KnowledgeBaseId, knowledge_base_of
from footnote.domain.drift import CurrentObject, KnownDocument, Repair
from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.domain.reconciliation import Request
from footnote.inbox.notifications import read_notification
from footnote.reconcile import ReconcilePorts, horizon_at, reconcile

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=1)
REQUEST = Request(horizon=horizon_at(NOW))


class FakeBucket:
    """Lists its keys in order; `fails_after` that many, as if a later page were refused."""

    name = "documents"

    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)
        self.fails_after: int | None = None

    def listing(self, prefix: str) -> Iterator[CurrentObject]:
        keys = [key for key in sorted(self.keys) if key.startswith(prefix)]
        for key in keys[: self.fails_after]:
            yield CurrentObject(key=key, version_id="v1", modified_at=LONG_AGO, deleted=False)
        if self.fails_after is not None:
            message = "S3 cannot be used: AccessDenied"
            raise ObjectStorageUnavailableError(message)


class FakeDocuments:
    """Ready documents at keys."""

    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)
        self.unseen = False

    @contextmanager
    def held(self) -> Iterator["FakeDocuments"]:
        yield self

    def totals(self) -> Mapping[KnowledgeBaseId, int]:
        bases = [knowledge_base_of(key) for key in self.keys]
        return {kb: bases.count(kb) for kb in bases}

    def in_key_order(self, prefix: str) -> Iterator[KnownDocument]:
        for key in sorted(self.keys):
            if key.startswith(prefix):
                yield KnownDocument(
                    key=key,
                    status=DocumentStatus.READY,
                    indexed_version_id="v1",
                    indexed_at=LONG_AGO,
                    updated_at=LONG_AGO,
                    has_sidecar=False,
                    incomplete=False,
                    unseen=self.unseen,
                )


class FakeQueue:
    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send(self, bodies: Sequence[str]) -> None:
        self.bodies += bodies

    @property
    def told(self) -> list[tuple[str, bool]]:
        """Keys, and whether they are told to be removed."""
        events = [event for body in self.bodies for event in read_notification(body)]
        return [(event.version.key, event.removed) for event in events]


class World:
    def __init__(self, bucket: Sequence[str], index: Sequence[str]) -> None:
        self.bucket, self.documents, self.queue = (
            FakeBucket(*bucket),
            FakeDocuments(*index),
            FakeQueue(),
        )
        self.ports = ReconcilePorts(
            bucket=self.bucket,
            documents=self.documents,
            notifications=self.queue,
            max_delete_share=0.2,
        )


def files(kb: str, numbers: range) -> list[str]:
    return [f"{kb}/{number:03}.md" for number in numbers]


def test_both_directions_are_repaired_and_the_rest_is_left_alone() -> None:
    world = World(["kb/new.md", "kb/same.md"], ["kb/gone.md", "kb/same.md"])
    (report,) = reconcile(world.ports, REQUEST).knowledge_bases
    assert world.queue.told == [("kb/new.md", False), ("kb/gone.md", True)]
    assert (report.in_bucket, report.in_index, report.to_delete) == (2, 2, 1)
    assert report.sent == {Repair.MISSING: 1}
    assert not report.braked


@pytest.mark.parametrize("documents", [1, 10, 100])
def test_what_was_imported_without_its_files_is_left_alone_unless_forced(documents: int) -> None:
    world = World(["kb/here.md"], ["kb/here.md", *files("kb", range(documents))])
    world.documents.unseen = True
    report = reconcile(world.ports, REQUEST)
    assert world.queue.told == [("kb/here.md", False)]
    assert (report.unseen, report.held_back, report.braked) == (documents, 0, [])
    world.queue.bodies.clear()
    assert reconcile(world.ports, replace(REQUEST, force=True)).unseen == 0
    assert len([key for key, removed in world.queue.told if removed]) == documents


def test_a_notification_has_no_sequencer_so_that_it_always_counts() -> None:
    world = World(["kb/new é+.md"], [])
    reconcile(world.ports, REQUEST)
    (event,) = read_notification(world.queue.bodies[0])
    assert (event.version.key, event.version.sequencer) == ("kb/new é+.md", "")
    assert (event.version.bucket, event.version.version_id) == ("documents", "v1")
    assert event.version.event_time == LONG_AGO


def test_a_notification_tells_when_it_was_asked_for_unless_it_is_a_deletion() -> None:
    world = World(["kb/new.md"], ["kb/gone.md"])
    began = datetime.now(UTC)
    reconcile(world.ports, REQUEST)
    asked = {
        event.removed: event.version.asked_at
        for body in world.queue.bodies
        for event in read_notification(body)
    }
    assert asked[True] is None
    sent_at = asked[False]
    assert sent_at is not None
    assert sent_at >= began


def test_the_brake_stops_the_deletions_of_one_knowledge_base_and_no_more() -> None:
    index = [*files("big", range(100)), *files("small", range(10))]
    bucket = [*files("big", range(79)), "big/new.md", *files("small", range(1))]
    world = World(bucket, index)
    report = reconcile(world.ports, REQUEST)
    assert report.braked == ["big"]
    assert report.held_back == 21
    removed = [key for key, removed in world.queue.told if removed]
    assert removed == files("small", range(1, 10))
    assert ("big/new.md", False) in world.queue.told
    assert report.sent == len(world.queue.bodies) == 10


def test_force_lets_the_deletions_go() -> None:
    world = World(["other/a.md"], files("kb", range(30)))
    report = reconcile(world.ports, replace(REQUEST, force=True))
    assert (report.braked, len(world.queue.told)) == ([], 31)


@pytest.mark.parametrize("documents", [3, 500])
def test_an_empty_bucket_deletes_nothing_however_little_that_were(documents: int) -> None:
    world = World([], files("kb", range(documents)))
    report = reconcile(world.ports, REQUEST)
    assert (report.braked, report.held_back) == (["kb"], documents)
    assert world.queue.told == []


def test_a_wrong_bucket_deletes_nothing() -> None:
    world = World(files("other", range(100)), files("kb", range(100)))
    report = reconcile(world.ports, REQUEST)
    assert report.braked == ["kb"]
    assert {removed for _, removed in world.queue.told} == {False}


@pytest.mark.parametrize("fails_after", [0, 40])
def test_a_listing_that_is_refused_or_ends_halfway_deletes_nothing(fails_after: int) -> None:
    world = World(files("kb", range(10, 100)), files("kb", range(100)))
    world.bucket.fails_after = fails_after
    with pytest.raises(ObjectStorageUnavailableError):
        reconcile(world.ports, REQUEST)
    assert world.queue.told == []


def test_a_dry_run_reports_the_same_and_sends_nothing() -> None:
    index = [*files("kb", range(100)), "kb/zzz.md"]
    world = World([*files("kb", range(50)), "kb/new.md"], index)
    dry = reconcile(world.ports, replace(REQUEST, dry_run=True))
    assert world.queue.bodies == []
    assert dry == reconcile(world.ports, REQUEST)


def test_one_knowledge_base_is_reconciled_alone() -> None:
    bucket = ["Loose folder/c.md", "a.md", "kb/a.md", "kb-2/b.md", "kb2/b.md"]
    for kb, wanted in (("kb", ["kb/a.md"]), ("default", ["Loose folder/c.md", "a.md"])):
        world = World(bucket, [])
        report = reconcile(world.ports, replace(REQUEST, knowledge_base=KnowledgeBaseId(kb)))
        assert [key for key, _ in world.queue.told] == wanted
        assert [one.knowledge_base for one in report.knowledge_bases] == [kb]
