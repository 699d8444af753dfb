import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from footnote.domain.document import ObjectVersion
from footnote.domain.errors import InvalidRequestError
from footnote.inbox.notifications import ObjectEvent, read_notification, write_notification


def body(name: str = "ObjectCreated:Put", **stored: Any) -> str:
    record = {
        "eventVersion": "2.3",
        "eventName": name,
        "eventTime": "2026-11-22T10:00:00.000Z",
        "s3": {
            "bucket": {"name": "docs"},
            "object": {"key": "help/a.md", "sequencer": "0A", "versionId": "v1"} | stored,
        },
    }
    return json.dumps({"Records": [record]})


def test_a_put_brings_its_key_its_version_and_its_place_in_the_order() -> None:
    (event,) = read_notification(body(size=12, eTag="e"))
    assert not event.removed
    assert (event.version.key, event.version.version_id) == ("help/a.md", "v1")
    assert (event.version.sequencer, event.version.size) == ("0A", 12)


@pytest.mark.parametrize(
    ("encoded", "key"),
    [
        ("help/my+file.md", "help/my file.md"),
        ("help/a%2Bb.md", "help/a+b.md"),
        ("help/100%25.md", "help/100%.md"),
        ("help/%E6%96%87.md", "help/文.md"),
        ("../x", "../x"),
    ],
)
def test_keys_are_decoded_as_s3_encodes_them(encoded: str, key: str) -> None:
    (event,) = read_notification(body(key=encoded))
    assert event.version.key == key


@pytest.mark.parametrize(
    "name",
    [
        "ObjectRemoved:Delete",
        "ObjectRemoved:DeleteMarkerCreated",
        "LifecycleExpiration:DeleteMarkerCreated",
        "s3:ObjectRemoved:Delete",
    ],
)
def test_every_way_to_remove_an_object_is_a_removal(name: str) -> None:
    (event,) = read_notification(body(name))
    assert event.removed


@pytest.mark.parametrize(
    ("name", "dropped"),
    [
        ("ObjectRemoved:Delete", True),
        ("LifecycleExpiration:Delete", True),
        ("ObjectRemoved:DeleteMarkerCreated", False),
        ("LifecycleExpiration:DeleteMarkerCreated", False),
        ("ObjectCreated:Put", False),
    ],
)
def test_what_is_deleted_for_good_is_told_from_what_is_hidden(name: str, *, dropped: bool) -> None:
    (event,) = read_notification(body(name))
    assert event.version.dropped is dropped


def test_an_expiration_has_no_sequencer() -> None:
    record = json.loads(body("LifecycleExpiration:Delete"))
    del record["Records"][0]["s3"]["object"]["sequencer"]
    (event,) = read_notification(json.dumps(record))
    assert event.version.sequencer == ""


def test_the_test_message_of_s3_says_nothing() -> None:
    assert read_notification('{"Service": "Amazon S3", "Event": "s3:TestEvent"}') == ()


def test_an_event_that_leaves_the_content_as_it_is_says_nothing() -> None:
    assert read_notification(body("ObjectTagging:Put")) == ()


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}", '{"Records": [{}]}', '{"Records": 1}'])
def test_what_is_no_notification_is_refused_and_not_taken_for_success(text: str) -> None:
    with pytest.raises(InvalidRequestError, match="not an S3 notification"):
        read_notification(text)


@pytest.mark.parametrize("removed", [False, True])
@pytest.mark.parametrize("sequencer", ["", "0067420C9E11D2F3A4"])
def test_what_is_written_is_read_as_it_was(removed: bool, sequencer: str) -> None:
    version = ObjectVersion(
        bucket="docs",
        key="help/100% +文 a&b.md",
        sequencer=sequencer,
        version_id=None if removed else "v1",
        event_time=datetime(2026, 11, 24, 12, 0, 0, 123000, tzinfo=UTC),
        size=None if removed else 0,
        etag=None if removed else "e",
    )
    event = ObjectEvent(version=version, removed=removed)
    assert read_notification(write_notification(event)) == (event,)
    dropped = replace(event, version=replace(version, dropped=removed))
    assert read_notification(write_notification(dropped)) == (dropped,)
    asked = replace(event, version=replace(version, asked_at=version.event_time))
    assert read_notification(write_notification(asked)) == (asked,)


def test_a_written_notification_has_the_form_of_s3() -> None:
    version = ObjectVersion(
        bucket="docs",
        key="help/a b.md",
        sequencer="0A",
        version_id="v1",
        event_time=datetime(2026, 11, 24, 12, tzinfo=UTC),
        size=12,
        etag="e",
    )
    (record,) = json.loads(write_notification(ObjectEvent(version=version, removed=False)))[
        "Records"
    ]
    assert record == {
        "eventName": "ObjectCreated:Put",
        "eventTime": "2026-11-24T12:00:00Z",
        "s3": {
            "bucket": {"name": "docs"},
            "object": {
                "key": "help/a+b.md",
                "size": 12,
                "eTag": "e",
                "versionId": "v1",
                "sequencer": "0A",
            },
        },
    }
