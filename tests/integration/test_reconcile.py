"""Reconciliation of an emulated bucket with a real Postgres: everything that events may miss."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws

from footnote.aws.bucket import Bucket
from footnote.aws.queue import SqsQueue, sqs_client
from footnote.aws.session import s3_client
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.drift import Horizon, Repair
from footnote.domain.errors import AlreadyRunningError, ObjectStorageUnavailableError
from footnote.domain.reconciliation import Report, Request
from footnote.inbox.notifications import ObjectEvent, read_notification
from footnote.postgres.connection import Database
from footnote.postgres.reconcile import PostgresReconciliation
from footnote.reconcile import ReconcilePorts, reconcile
from tests.rows import LONG_AGO, add_document

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.integration
# What is put here is put now: only a horizon after it makes it settled.
LATER = datetime.now(UTC) + timedelta(hours=1)
REQUEST = Request(horizon=Horizon(settled_before=LATER, stuck_before=LONG_AGO + timedelta(days=1)))


@dataclass
class Deployed:
    """A bucket, its queue and its index."""

    client: "S3Client"
    queue: SqsQueue
    database: Database

    @property
    def ports(self) -> ReconcilePorts:
        return ReconcilePorts(
            bucket=Bucket(self.client, "documents"),
            documents=PostgresReconciliation(self.database),
            notifications=self.queue,
            max_delete_share=0.2,
        )

    def put(self, key: str) -> str:
        return self.client.put_object(Bucket="documents", Key=key, Body=b"x")["VersionId"]

    def delete(self, key: str) -> None:
        self.client.delete_object(Bucket="documents", Key=key)

    def index(self, key: str, status: str = "ready", version_id: str | None = None) -> None:
        add_document(self.database, key, status, version_id=version_id)

    def reconcile(self, request: Request = REQUEST) -> Report:
        return reconcile(self.ports, request)

    def repairs(self) -> dict[Repair, int]:
        (report,) = self.reconcile().knowledge_bases
        return dict(report.sent) | ({Repair.GONE: report.to_delete} if report.to_delete else {})

    def sent(self) -> list[ObjectEvent]:
        events: list[ObjectEvent] = []
        while messages := self.queue.receive(wait_s=0):
            for message in messages:
                events += read_notification(message["Body"])
                self.queue.delete([message["ReceiptHandle"]])
        return sorted(events, key=lambda event: event.version.key)

    def sent_keys(self) -> list[tuple[str, bool]]:
        return [(event.version.key, event.removed) for event in self.sent()]


@pytest.fixture
def deployed(database: Database) -> Iterator[Deployed]:
    with mock_aws():
        client = s3_client("")
        client.create_bucket(
            Bucket="documents", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        client.put_bucket_versioning(
            Bucket="documents", VersioningConfiguration={"Status": "Enabled"}
        )
        url = boto3.client("sqs").create_queue(QueueName="notifications")["QueueUrl"]
        yield Deployed(client, SqsQueue(sqs_client(""), url), database)


def test_an_upload_whose_event_was_lost_is_sent(deployed: Deployed) -> None:
    version = deployed.put("kb/a b+文.md")
    assert deployed.repairs() == {Repair.MISSING: 1}
    (event,) = deployed.sent()
    assert (event.version.key, event.version.version_id) == ("kb/a b+文.md", version)
    assert (event.version.sequencer, event.removed) == ("", False)


def test_what_the_index_shows_already_is_not_sent(deployed: Deployed) -> None:
    deployed.index("kb/a.md", version_id=deployed.put("kb/a.md"))
    deployed.put("kb/folder/")
    deployed.put("kb/orphan.md.metadata.json")
    assert deployed.repairs() == {}
    assert deployed.sent() == []


def test_an_overwrite_whose_event_was_lost_is_sent(deployed: Deployed) -> None:
    deployed.index("kb/a.md", version_id=deployed.put("kb/a.md"))
    deployed.put("kb/a.md")
    assert deployed.repairs() == {Repair.STALE: 1}
    assert deployed.sent_keys() == [("kb/a.md", False)]


@pytest.mark.parametrize("for_good", [False, True], ids=["marker", "for good"])
def test_a_deletion_whose_event_was_lost_is_sent(deployed: Deployed, for_good: bool) -> None:
    version = deployed.put("kb/a.md")
    deployed.put("kb/b.md")
    deployed.index("kb/a.md", version_id=version)
    if for_good:
        deployed.client.delete_object(Bucket="documents", Key="kb/a.md", VersionId=version)
    else:
        deployed.delete("kb/a.md")
    assert deployed.repairs() == {Repair.GONE: 1, Repair.MISSING: 1}
    assert deployed.sent_keys() == [("kb/a.md", True), ("kb/b.md", False)]


def test_a_version_that_is_back_after_its_delete_marker_went_is_sent(deployed: Deployed) -> None:
    deployed.index("kb/a.md", "deleted", version_id=None)
    deployed.put("kb/a.md")
    deployed.delete("kb/a.md")
    assert deployed.repairs() == {}
    (marker,) = deployed.client.list_object_versions(Bucket="documents")["DeleteMarkers"]
    deployed.client.delete_object(Bucket="documents", Key="kb/a.md", VersionId=marker["VersionId"])
    assert deployed.repairs() == {Repair.RESTORED: 1}


@pytest.mark.parametrize("status", ["pending", "processing"])
def test_work_that_nobody_finished_is_sent_again(deployed: Deployed, status: str) -> None:
    deployed.index("kb/a.md", status, version_id=deployed.put("kb/a.md"))
    assert deployed.repairs() == {Repair.STUCK: 1}
    fresh = replace(REQUEST, horizon=replace(REQUEST.horizon, stuck_before=LONG_AGO))
    assert deployed.reconcile(fresh).sent == 0


def test_a_sidecar_whose_event_was_lost_is_sent_for_its_document(deployed: Deployed) -> None:
    deployed.index("kb/a.md", version_id=deployed.put("kb/a.md"))
    deployed.put("kb/a.md-1")  # stands between the document and its sidecar
    deployed.index("kb/a.md-1", version_id=deployed.put("kb/a.md-1"))
    deployed.put("kb/a.md.metadata.json")
    assert deployed.repairs() == {Repair.SIDECAR: 1}
    assert deployed.sent_keys() == [("kb/a.md", False)]


def test_a_run_comes_to_rest_once_the_index_is_right(deployed: Deployed) -> None:
    version = deployed.put("kb/a.md")
    assert deployed.reconcile().sent == 1
    deployed.index("kb/a.md", version_id=version)
    assert deployed.reconcile().sent == 0


def in_pages_of(keys: int, client: "S3Client") -> None:
    """Has S3 list so few at once, as it may; by itself a page is of a thousand."""

    def lower(params: dict[str, Any], **_: object) -> None:
        params["MaxKeys"] = keys

    client.meta.events.register("provide-client-params.s3.ListObjectVersions", lower)


def test_more_keys_than_either_side_lists_at_once_are_compared(deployed: Deployed) -> None:
    in_pages_of(500, deployed.client)
    keys = [f"kb-{number % 7}/{number:04}{'é😀'[number % 2]}.md" for number in range(1100)]
    versions = {key: deployed.put(key) for key in keys}
    lost, gone = set(keys[::100]), {f"kb-{number}/gone.md" for number in range(7)}
    for key in [*keys, *gone]:
        if key not in lost:
            deployed.index(key, version_id=versions.get(key))
    report = deployed.reconcile()
    assert sum(one.in_bucket for one in report.knowledge_bases) == 1100
    assert sum(one.in_index for one in report.knowledge_bases) == 1100 - 11 + 7
    assert deployed.sent_keys() == sorted(
        [(key, False) for key in lost] + [(key, True) for key in gone]
    )


def test_one_knowledge_base_reads_its_own_keys_only(deployed: Deployed) -> None:
    for key in ("a.md", "kb/a.md", "kb-2/a.md", "kb0/a.md"):
        deployed.put(key)
        deployed.index(key.replace("a.md", "gone.md"))
    only = replace(REQUEST, knowledge_base=KnowledgeBaseId("kb"))
    (report,) = deployed.reconcile(only).knowledge_bases
    assert (report.in_bucket, report.in_index) == (1, 1)
    assert deployed.sent_keys() == [("kb/a.md", False), ("kb/gone.md", True)]
    (report,) = deployed.reconcile(
        replace(REQUEST, knowledge_base=KnowledgeBaseId("default"))
    ).knowledge_bases
    assert deployed.sent_keys() == [("a.md", False), ("gone.md", True)]


def test_the_brake_holds_the_deletions_of_a_knowledge_base(deployed: Deployed) -> None:
    for number in range(50):
        deployed.index(f"kb/{number:02}.md")
    deployed.put("kb/new.md")
    report = deployed.reconcile()
    assert (report.braked, report.held_back, report.sent) == (["kb"], 50, 1)
    assert deployed.sent_keys() == [("kb/new.md", False)]
    forced = deployed.reconcile(replace(REQUEST, force=True))
    assert (forced.braked, forced.sent) == ([], 51)


def refuse(page: int) -> Callable[..., Any]:
    """Refuses one page of the listing, as a policy that changes meanwhile does."""
    seen = []

    def answer(request: object, **_: object) -> AWSResponse | None:
        seen.append(request)
        if len(seen) < page:
            return None
        body = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        response = AWSResponse("https://documents.s3", 403, {"content-type": "text/xml"}, None)  # type: ignore[arg-type]
        response._content = body  # type: ignore[attr-defined]
        return response

    return answer


@pytest.mark.parametrize("page", [1, 2])
def test_access_denied_is_not_gone(deployed: Deployed, page: int) -> None:
    in_pages_of(10, deployed.client)
    for number in range(15):
        key = f"kb/{number:04}.md"
        deployed.index(key, version_id=deployed.put(key) if number > 2 else None)
    events = deployed.client.meta.events
    events.register_first("before-send.s3.ListObjectVersions", refuse(page))
    with pytest.raises(
        ObjectStorageUnavailableError, match=r"documents cannot be listed.*AccessDenied"
    ):
        deployed.reconcile()
    assert deployed.sent() == []


def test_two_runs_never_overlap(deployed: Deployed) -> None:
    other = PostgresReconciliation(deployed.database)
    with other.held(), pytest.raises(AlreadyRunningError, match="under way"):
        deployed.reconcile()
    assert deployed.reconcile().sent == 0


def test_a_queue_that_refuses_a_message_is_not_taken_for_success(deployed: Deployed) -> None:
    url = boto3.client("sqs").create_queue(QueueName="other")["QueueUrl"]
    sqs = sqs_client("")
    sqs.delete_queue(QueueUrl=url)
    deployed.queue = SqsQueue(sqs, url)
    deployed.put("kb/a.md")
    with pytest.raises(ObjectStorageUnavailableError, match="SQS"):
        deployed.reconcile()
