"""After a restart, what the queue lost is sent again, and nothing else."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from footnote.aws.bucket import CurrentObject
from footnote.local.recovery import send_lost_events

STARTED = datetime(2026, 11, 22, 12, tzinfo=UTC)
EARLIER = STARTED - timedelta(hours=1)
STEP = timedelta(seconds=10)


def stored(version: str = "v1", *, at: datetime = EARLIER, deleted: bool = False) -> CurrentObject:
    return CurrentObject(version_id=version, modified_at=at, deleted=deleted, size=3, etag="abc")


def indexed(key: str, version: str = "v1", status: str = "ready") -> dict[str, Any]:
    at = EARLIER.isoformat()
    return {"key": key, "version_id": version, "status": status, "indexed_at": at}


class FakeBucket:
    name = "documents"

    def __init__(self, **objects: CurrentObject) -> None:
        self._objects = objects

    def current(self) -> dict[str, CurrentObject]:
        return {name.replace("__", "/"): item for name, item in self._objects.items()}


class FakeApi:
    def __init__(self, *documents: dict[str, Any]) -> None:
        self._documents = documents

    def documents(self, knowledge_base: str) -> Iterable[dict[str, Any]]:
        return [d for d in self._documents if d["key"].startswith(f"{knowledge_base}/")]


class FakeQueue:
    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send(self, bodies: list[str]) -> None:
        self.bodies += bodies


def sent(bucket: FakeBucket, *documents: dict[str, Any]) -> list[tuple[str, str]]:
    queue = FakeQueue()
    send_lost_events(bucket, FakeApi(*documents), queue, started=STARTED)
    records = [json.loads(body)["Records"][0] for body in queue.bodies]
    return [(record["eventName"], record["s3"]["object"]["key"]) for record in records]


def test_a_document_that_is_indexed_is_left_alone() -> None:
    assert sent(FakeBucket(kb__a=stored()), indexed("kb/a")) == []


def test_a_document_that_failed_is_not_tried_again() -> None:
    assert sent(FakeBucket(kb__a=stored()), indexed("kb/a", status="failed")) == []


def test_an_upload_that_nobody_heard_of_is_sent_again() -> None:
    assert sent(FakeBucket(kb__a=stored())) == [("ObjectCreated:Put", "kb/a")]


def test_a_version_that_nobody_heard_of_is_sent_again() -> None:
    bucket = FakeBucket(kb__a=stored("v2"))
    assert sent(bucket, indexed("kb/a", "v1")) == [("ObjectCreated:Put", "kb/a")]


def test_a_document_whose_ingestion_was_cut_off_is_sent_again() -> None:
    bucket = FakeBucket(kb__a=stored())
    assert sent(bucket, indexed("kb/a", status="processing")) == [("ObjectCreated:Put", "kb/a")]


def test_a_deletion_that_nobody_heard_of_is_sent_again() -> None:
    bucket = FakeBucket(kb__a=stored("marker", deleted=True))
    lost = [("ObjectRemoved:DeleteMarkerCreated", "kb/a")]
    assert sent(bucket, indexed("kb/a")) == lost


def test_a_deletion_that_the_index_knows_is_left_alone() -> None:
    assert sent(FakeBucket(kb__a=stored("marker", deleted=True))) == []


def test_a_sidecar_is_sent_again_only_where_it_is_newer_than_the_index() -> None:
    old = FakeBucket(**{"kb__a": stored(), "kb__a.metadata.json": stored(at=EARLIER - STEP)})
    new = FakeBucket(**{"kb__a": stored(), "kb__a.metadata.json": stored(at=EARLIER + STEP)})
    assert sent(old, indexed("kb/a")) == []
    assert sent(new, indexed("kb/a")) == [("ObjectCreated:Put", "kb/a.metadata.json")]


def test_a_folder_marker_is_no_document() -> None:
    assert sent(FakeBucket(kb__folder__=stored())) == []


def test_events_are_ordered_after_earlier_runs_and_before_this_one() -> None:
    queue = FakeQueue()
    send_lost_events(FakeBucket(kb__a=stored()), FakeApi(), queue, started=STARTED)
    sequencer = json.loads(queue.bodies[0])["Records"][0]["s3"]["object"]["sequencer"]
    earlier, later = (f"{int(at.timestamp() * 1e6):018X}" for at in (EARLIER, STARTED + STEP))
    assert earlier < sequencer < later
