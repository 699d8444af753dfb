"""After a restart, what the queue lost is sent again, and nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from footnote.aws.bucket import Bucket
from footnote.aws.queue import SqsQueue, sqs_client
from footnote.aws.session import s3_client
from footnote.inbox.notifications import read_notification
from footnote.local.recovery import send_lost_events
from footnote.postgres.connection import Database
from tests.rows import add_document

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.integration
# The run before was a minute ago: nobody waits for a grace period in front of a laptop.
# Far ahead: this module is imported minutes before the last of its tests runs.
STARTED = datetime.now(UTC) + timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Machine:
    s3: "S3Client"
    database: Database
    send: Callable[[], list[tuple[str, bool]]]

    def put(self, key: str) -> str:
        return self.s3.put_object(Bucket="documents", Key=key, Body=b"x")["VersionId"]


@pytest.fixture
def machine(database: Database, database_url: str) -> Iterator[Machine]:
    with mock_aws():
        s3 = s3_client("")
        s3.create_bucket(
            Bucket="documents", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        s3.put_bucket_versioning(Bucket="documents", VersioningConfiguration={"Status": "Enabled"})
        url = boto3.client("sqs").create_queue(QueueName="notifications")["QueueUrl"]
        queue = SqsQueue(sqs_client(""), url)

        def send() -> list[tuple[str, bool]]:
            send_lost_events(Bucket(s3, "documents"), queue, database_url, started=STARTED)
            bodies = [message["Body"] for message in queue.receive(wait_s=0)]
            events = [event for body in bodies for event in read_notification(body)]
            return sorted((event.version.key, event.removed) for event in events)

        yield Machine(s3, database, send)


def test_what_happened_a_minute_before_the_kill_is_sent(machine: Machine) -> None:
    version = machine.put("kb/deleted.md")
    add_document(machine.database, "kb/deleted.md", version_id=version, at=STARTED - MINUTE)
    machine.s3.delete_object(Bucket="documents", Key="kb/deleted.md")
    machine.put("kb/uploaded.md")
    assert machine.send() == [("kb/deleted.md", True), ("kb/uploaded.md", False)]


@pytest.mark.parametrize("status", ["pending", "processing"])
def test_work_that_was_cut_off_is_sent_however_young(machine: Machine, status: str) -> None:
    add_document(machine.database, "kb/a.md", status, at=STARTED - MINUTE)
    machine.put("kb/a.md")
    assert machine.send() == [("kb/a.md", False)]


@pytest.mark.parametrize("status", ["ready", "failed", "skipped"])
def test_what_was_finished_is_left_alone(machine: Machine, status: str) -> None:
    version = machine.put("kb/a.md")
    add_document(machine.database, "kb/a.md", status, version_id=version, at=STARTED - MINUTE)
    machine.put("kb/folder/")
    assert machine.send() == []


def test_what_this_run_works_on_already_is_left_to_it(machine: Machine) -> None:
    add_document(machine.database, "kb/a.md", "processing", at=STARTED + MINUTE)
    machine.put("kb/a.md")
    assert machine.send() == []
