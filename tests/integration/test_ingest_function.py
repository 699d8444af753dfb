"""The ingest function itself: a batch from SQS, S3 emulated by moto, a real Postgres."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from footnote import bootstrap
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
from tests.functions import context, handler_module
from tests.new_process import forget_what_was_built

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "events/ingest-put.json").read_text())["Records"][0]
CONTEXT = context("ingest", memory_mb=1024)


@dataclass
class Deployed:
    """The function with what it is deployed beside."""

    module: ModuleType
    s3: "S3Client"
    documents: PostgresDocuments

    def put(self, key: str, content: bytes) -> dict[str, Any]:
        version = self.s3.put_object(Bucket="documents", Key=key, Body=content)["VersionId"]
        body = json.loads(RECORD["body"])
        stored = {"key": key, "versionId": version, "size": len(content), "sequencer": "0A"}
        body["Records"][0]["s3"]["object"] = stored
        return self.record(json.dumps(body), key)

    def record(self, body: str, message_id: str) -> dict[str, Any]:
        changes = {"body": body, "messageId": message_id}
        record: dict[str, Any] = deepcopy(RECORD) | changes
        return record

    def call(self, *records: dict[str, Any]) -> list[str]:
        """The ids of the messages that are to be delivered again."""
        reply = self.module.handler({"Records": list(records)}, CONTEXT)
        return [failed["itemIdentifier"] for failed in reply["batchItemFailures"]]

    def status(self, key: str) -> str:
        row = self.documents.state(key)
        return row["status"] if row else "unknown"


@pytest.fixture
def deployed(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    monkeypatch.setenv("FOOTNOTE_DATABASE_URL", database_url)
    monkeypatch.setenv("FOOTNOTE_BUCKET", "documents")
    with mock_aws():
        url = boto3.client("sqs").create_queue(QueueName="work")["QueueUrl"]
        monkeypatch.setenv("FOOTNOTE_WORK_QUEUE_URL", url)
        forget_what_was_built()
        s3 = boto3.client("s3")
        s3.create_bucket(
            Bucket="documents", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        s3.put_bucket_versioning(Bucket="documents", VersioningConfiguration={"Status": "Enabled"})
        database = Database(database_url)
        yield Deployed(handler_module("ingest"), s3, PostgresDocuments(database))
        database.close()
        bootstrap.ingest_ports().drafts.parser.close()  # type: ignore[attr-defined]
        bootstrap.database().close()
    forget_what_was_built()


def test_one_bad_file_leaves_its_neighbours_in_the_batch_unharmed(deployed: Deployed) -> None:
    batch = [
        deployed.put("help/good.md", b"# Backups\n\nBackups are kept for thirty days.\n"),
        deployed.put("help/bad.pdf", b"no pdf at all"),
        deployed.put("help/empty.txt", b""),
        deployed.put("help/film.mp4", b"\x00\x01"),
        deployed.put("help/also good.txt", b"Invoices are sent on Mondays.\n"),
    ]
    assert deployed.call(*batch) == []
    statuses = [deployed.status(record["messageId"]) for record in batch]
    assert statuses == ["ready", "failed", "skipped", "skipped", "ready"]


def test_only_a_message_that_is_no_notification_comes_back(deployed: Deployed) -> None:
    good = deployed.put("help/good.md", b"# Backups\n\nBackups are kept.\n")
    odd = deployed.record('{"surprise": true}', "odd")
    assert deployed.call(odd, good) == ["odd"]
    assert deployed.status("help/good.md") == "ready"


def test_the_test_message_of_s3_is_done_at_once(deployed: Deployed) -> None:
    text = '{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "documents"}'
    assert deployed.call(deployed.record(text, "test")) == []


def test_while_the_database_is_away_every_message_is_kept(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = deployed.put("help/good.md", b"# Backups\n\nBackups are kept.\n")
    monkeypatch.setenv("FOOTNOTE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    bootstrap.database().close()
    forget_what_was_built()
    monkeypatch.setattr("footnote.postgres.connection.CONNECT_TIMEOUT_S", 1)
    assert deployed.call(record) == ["help/good.md"]


def test_the_limit_of_a_documents_size_is_the_setting_alone(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_MAX_DOCUMENT_MB", "60")
    forget_what_was_built()
    assert deployed.call(deployed.put("help/large.pdf", b"x" * (51 * 2**20))) == []
    row = deployed.documents.state("help/large.pdf")
    assert row is not None
    assert row["reason"].startswith("not a PDF file")
