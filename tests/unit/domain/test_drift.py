"""What reconciliation makes of each way in which the bucket and the index can differ."""

from datetime import UTC, datetime, timedelta

import pytest

from footnote.domain.document import DocumentStatus
from footnote.domain.drift import (
    Brake,
    CurrentObject,
    Horizon,
    KnownDocument,
    Place,
    Repair,
    decide,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HORIZON = Horizon(settled_before=NOW - timedelta(minutes=15), stuck_before=NOW - timedelta(hours=3))
AGES = {
    "now": NOW,
    "5 min": NOW - timedelta(minutes=5),
    "1 h": NOW - timedelta(hours=1),
    "1 d": NOW - timedelta(days=1),
}


def stored(version: str = "v1", age: str = "1 d", *, deleted: bool = False) -> CurrentObject:
    return CurrentObject(key="kb/a.md", version_id=version, modified_at=AGES[age], deleted=deleted)


def known(
    status: str = "ready", version: str | None = "v1", age: str = "1 d", **facts: bool
) -> KnownDocument:
    return KnownDocument(
        key="kb/a.md",
        status=DocumentStatus(status),
        indexed_version_id=version,
        indexed_at=AGES[age] if version else None,
        updated_at=AGES[age],
        has_sidecar=facts.get("sidecar", False),
        incomplete=facts.get("incomplete", False),
        unseen=facts.get("unseen", False),
    )


def repair(
    stored: CurrentObject | None,
    known: KnownDocument | None,
    sidecar: CurrentObject | None = None,
) -> str | None:
    place = Place(key="kb/a.md", stored=stored, known=known, sidecar=sidecar)
    return decide(place, HORIZON)


MARKER = stored("m", deleted=True)


@pytest.mark.parametrize("status", ["ready", "failed", "skipped"])
def test_a_document_that_was_finished_is_left_alone(status: str) -> None:
    assert repair(stored(), known(status)) is None


def test_an_upload_that_nobody_heard_of_is_missing() -> None:
    assert repair(stored(), None) == Repair.MISSING


@pytest.mark.parametrize("status", ["ready", "failed", "skipped"])
def test_a_version_that_nobody_heard_of_makes_the_index_stale(status: str) -> None:
    assert repair(stored("v2"), known(status)) == Repair.STALE


def test_the_file_of_what_was_imported_is_read_when_it_is_there() -> None:
    assert repair(stored(), known(unseen=True)) == Repair.STALE
    assert repair(stored("null"), known(version=None, unseen=True)) == Repair.STALE


@pytest.mark.parametrize(("object_", "unseen"), [(None, True), (MARKER, False), (stored(), False)])
def test_what_was_imported_is_unseen_while_its_bucket_has_no_trace_of_it(
    object_: CurrentObject | None, unseen: bool
) -> None:
    assert Place(key="kb/a.md", stored=object_, known=known(unseen=True)).is_unseen is unseen
    assert not Place(key="kb/a.md", stored=object_, known=known()).is_unseen


def test_an_object_older_than_versioning_is_known_by_either_name() -> None:
    assert repair(stored("null"), known(version=None, age="1 h")) is None
    assert repair(stored("null"), known(version="null", age="1 h")) is None


@pytest.mark.parametrize("before", ["null", "v1"])
@pytest.mark.parametrize("status", ["ready", "failed", "skipped"])
def test_an_overwrite_while_versioning_was_off_makes_the_index_stale(
    status: str, before: str
) -> None:
    assert repair(stored("null", "1 h"), known(status, before)) == Repair.STALE


@pytest.mark.parametrize("status", ["ready", "failed", "skipped", "processing", "pending"])
@pytest.mark.parametrize("object_", [None, MARKER], ids=["no trace", "marker"])
def test_a_deletion_that_nobody_heard_of_is_gone(
    object_: CurrentObject | None, status: str
) -> None:
    assert repair(object_, known(status)) == Repair.GONE


@pytest.mark.parametrize("object_", [None, MARKER], ids=["no trace", "marker"])
def test_a_deletion_that_the_index_knows_is_left_alone(object_: CurrentObject | None) -> None:
    assert repair(object_, known("deleted", None)) is None
    assert repair(object_, None) is None


def test_a_document_that_is_back_is_restored() -> None:
    assert repair(stored(), known("deleted", None)) == Repair.RESTORED
    assert repair(stored(), known("deleted", "v1")) == Repair.RESTORED


@pytest.mark.parametrize("status", ["pending", "processing"])
def test_work_that_nobody_finished_is_stuck_after_hours_and_not_before(status: str) -> None:
    assert repair(stored("v2"), known(status, age="1 d")) == Repair.STUCK
    assert repair(stored("v2"), known(status, age="1 h")) is None
    assert repair(MARKER, known(status, age="1 h")) is None


@pytest.mark.parametrize("age", ["now", "5 min"])
def test_what_happened_just_now_may_have_its_event_on_its_way(age: str) -> None:
    assert repair(stored("v2", age), None) is None
    assert repair(stored("v2", age), known()) is None
    assert repair(stored("v2", age), known("deleted", None)) is None
    assert repair(stored("m", age, deleted=True), known()) is None


@pytest.mark.parametrize("age", ["now", "5 min"])
def test_what_was_indexed_just_now_may_be_newer_than_the_listing(age: str) -> None:
    assert repair(None, known(age=age)) is None
    assert repair(stored("v1"), known(version="v2", age=age)) is None
    assert repair(stored("v1"), known("deleted", None, age=age)) is None


def test_a_sidecar_counts_where_it_is_newer_than_the_index() -> None:
    assert repair(stored(), known(age="1 h"), stored("s", "1 d")) is None
    assert repair(stored(), known(age="1 d"), stored("s", "1 h")) == Repair.SIDECAR
    assert repair(stored(), known(age="1 h"), stored("s", "1 h")) == Repair.SIDECAR
    assert repair(stored(), known(age="1 d"), stored("s", "5 min")) is None


def test_attributes_without_a_sidecar_are_no_longer_true() -> None:
    marker = stored("m", "1 d", deleted=True)
    assert repair(stored(), known(sidecar=True), None) == Repair.SIDECAR
    assert repair(stored(), known(age="1 h", sidecar=True), marker) == Repair.SIDECAR
    assert repair(stored(), known(age="1 h"), marker) is None
    assert repair(stored(), known(), None) is None


def test_a_document_that_failed_by_a_sidecar_is_read_again_once_that_is_gone() -> None:
    assert repair(stored(), known("failed", sidecar=True), None) == Repair.SIDECAR


def test_a_document_that_an_index_beside_lacks_is_incomplete() -> None:
    assert repair(stored(), known(incomplete=True)) == Repair.INCOMPLETE
    assert repair(stored(age="5 min"), known(age="5 min", incomplete=True)) is None


def test_a_sidecar_alone_needs_nothing() -> None:
    assert repair(None, None, stored("s")) is None
    assert repair(MARKER, known("deleted", None), stored("s", "1 h")) is None


@pytest.mark.parametrize(
    ("deletions", "documents", "stops"),
    [
        (0, 0, False),
        (10, 10, False),  # a small knowledge base may lose all
        (11, 11, True),
        (11, 54, True),
        (11, 55, False),  # just a fifth
        (20, 100, False),
        (21, 100, True),
        (200_000, 1_000_000, False),
    ],
)
def test_the_brake_stops_more_than_its_share(deletions: int, documents: int, stops: bool) -> None:
    assert Brake(max_share=0.2).stops(deletions, documents=documents) is stops
    assert not Brake(max_share=0.2, forced=True).stops(deletions, documents=documents)
