"""The reconcile function itself: a scheduled event, S3 and SQS emulated, a real Postgres."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from footnote import bootstrap
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.model import Route
from footnote.inbox.visits import visit_in
from footnote.postgres.connection import Database
from footnote.postgres.models import PostgresModels
from footnote.postgres.reconcile import PostgresReconciliation
from tests.asking import a_model
from tests.fakes import FakeEmbedder
from tests.functions import context, handler_module
from tests.new_process import forget_what_was_built
from tests.rows import add_document
from tests.unanswered import Desk

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]
EVENT = json.loads((ROOT / "events/reconcile-schedule.json").read_text())
CONTEXT = context("reconcile")


@pytest.fixture
def bucket(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator["S3Client"]:
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(
            Bucket="documents", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        s3.put_bucket_versioning(Bucket="documents", VersioningConfiguration={"Status": "Enabled"})
        url = boto3.client("sqs").create_queue(QueueName="notifications")["QueueUrl"]
        monkeypatch.setenv("FOOTNOTE_DATABASE_URL", database_url)
        monkeypatch.setenv("FOOTNOTE_BUCKET", "documents")
        monkeypatch.setenv("FOOTNOTE_QUEUE_URL", url)
        forget_what_was_built()
        yield s3
        bootstrap.database().close()
        forget_what_was_built()


def run() -> Any:
    return handler_module("reconcile").handler(EVENT, CONTEXT)


def test_deletions_that_look_like_a_mistake_are_an_error_and_a_metric(
    bucket: "S3Client",
    database: Database,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    bucket.put_object(Bucket="documents", Key="other/a.md", Body=b"x")  # too young to be missing
    for number in range(20):
        add_document(database, f"kb/{number}.md")
    assert run() == {"sent": 0, "held_back": 20, "braked": ["kb"]}
    (error,) = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert error["braked"] == ["kb"]
    assert "--force" in error["advice"]
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    metrics = {name: value for line in printed if "_aws" in line for name, value in line.items()}
    assert (metrics["DeletionsBraked"], metrics["ReconcileSent"]) == ([20], [0])
    assert metrics["IndexAge"] == [0]


@pytest.mark.usefixtures("bucket")
def test_how_long_the_models_of_routes_are_there_is_a_metric(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    run()
    assert "ModelDaysLeft" not in capsys.readouterr().out
    registry = PostgresModels(database)
    today = datetime.now(UTC).date()
    for name, days in (("unused", 1), ("base", 90), ("tuned", 30)):
        registry.add(a_model(name, sunset=today + timedelta(days=days)))
    registry.set_route(
        Route(kb=KnowledgeBaseId("kb"), steps=("base",), candidate="tuned", candidate_share=0.1)
    )
    run()
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["ModelDaysLeft"] for line in printed if "ModelDaysLeft" in line] == [[30]]


def test_a_quiet_hour_is_no_error(bucket: "S3Client", caplog: pytest.LogCaptureFixture) -> None:
    del bucket
    assert run() == {"sent": 0, "held_back": 0, "braked": []}
    assert {record.levelname for record in caplog.records} == {"INFO"}


def test_a_run_beside_another_one_leaves_it_alone(
    bucket: "S3Client", database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    del bucket
    add_document(database, "kb/gone.md")
    with PostgresReconciliation(database).held():
        assert run()["sent"] == 0
    (warning,) = [vars(record) for record in caplog.records if record.levelname == "WARNING"]
    assert "under way" in warning["reason"]


def test_knowledge_bases_with_unanswered_questions_are_looked_at_again(
    bucket: "S3Client", database: Database
) -> None:
    del bucket
    Desk(database, FakeEmbedder()).declined("Do you ship to Norway?")
    run()
    url = os.environ["FOOTNOTE_QUEUE_URL"]
    (message,) = boto3.client("sqs").receive_message(QueueUrl=url)["Messages"]
    visit = visit_in(message["Body"])
    assert visit
    assert visit.kb == "help"
