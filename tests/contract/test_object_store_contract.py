"""The documents' bucket: what ingestion expects, of the fake and of S3 alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import boto3
import pytest
from moto import mock_aws

from footnote.aws.objects import S3Objects
from footnote.aws.session import s3_client
from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.inbox.objects import ObjectStore, StoredObject
from tests.fakes import FakeBucket

BUCKET = "documents"


@dataclass(frozen=True)
class Subject:
    """A bucket under test; `put` returns the version's id."""

    store: ObjectStore
    put: Callable[[str, bytes], str]
    remove: Callable[[str], object]


def fake() -> Subject:
    bucket = FakeBucket()
    return Subject(
        bucket, lambda key, content: str(bucket.put(key, content).version.version_id), bucket.remove
    )


def emulated_s3() -> Subject:
    client = boto3.client("s3")
    client.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    objects = S3Objects(lambda: s3_client(""), BUCKET)
    return Subject(
        objects,
        lambda key, content: client.put_object(Bucket=BUCKET, Key=key, Body=content)["VersionId"],
        objects.delete,
    )


@pytest.fixture(params=[fake, emulated_s3], ids=["fake", "s3"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    with mock_aws():
        yield request.param()


def test_the_current_version_is_fetched_with_its_id_and_size(subject: Subject) -> None:
    subject.put("kb/a.md", b"one")
    version_id = subject.put("kb/a.md", b"three")
    stored = subject.store.fetch("kb/a.md", max_bytes=5)
    assert stored == StoredObject(version_id=version_id, size=5, content=b"three")


def test_content_over_the_size_asked_for_is_not_read(subject: Subject) -> None:
    subject.put("kb/a.md", b"three")
    stored = subject.store.fetch("kb/a.md", max_bytes=4)
    assert stored is not None
    assert (stored.size, stored.content) == (5, None)


def test_what_was_deleted_or_never_was_is_none(subject: Subject) -> None:
    subject.put("kb/a.md", b"one")
    subject.remove("kb/a.md")
    assert subject.store.fetch("kb/a.md", max_bytes=5) is None
    assert subject.store.fetch("kb/none.md", max_bytes=5) is None


@pytest.mark.parametrize("key", ["kb/a b+c%.md", "kb/文件.md", "../up", "kb/" + "x" * 1000])
def test_a_key_is_taken_by_the_letter(subject: Subject, key: str) -> None:
    subject.put(key, b"here")
    stored = subject.store.fetch(key, max_bytes=10)
    assert stored is not None
    assert stored.content == b"here"


def test_a_bucket_that_may_not_be_read_is_not_taken_for_an_empty_one() -> None:
    with mock_aws():
        objects = S3Objects(lambda: s3_client(""), "no-such-bucket")
        with pytest.raises(ObjectStorageUnavailableError, match="NoSuchBucket"):
            objects.fetch("kb/a.md", max_bytes=5)


def test_the_latest_version_at_a_key_is_told_be_it_a_delete_marker() -> None:
    with mock_aws():
        subject = emulated_s3()
        objects = S3Objects(lambda: s3_client(""), BUCKET)
        assert objects.current_version("kb/a.md") is None
        subject.put("kb/a.md-longer", b"other")
        assert objects.current_version("kb/a.md") is None
        subject.put("kb/a.md", b"one")
        latest = subject.put("kb/a.md", b"two")
        assert objects.current_version("kb/a.md") == latest
        subject.remove("kb/a.md")
        assert objects.current_version("kb/a.md") not in {latest, None}
