"""The provisioned bucket and queue on the emulated AWS: what they tell, keep and hand over."""

import json
import signal
import socket
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from footnote.aws.bucket import Bucket
from footnote.aws.provisioning import Plan, Provisioned, provision
from footnote.aws.queue import SqsQueue, sqs_client
from footnote.aws.session import s3_client
from footnote.local.documents import provision_documents
from footnote.local.emulator import start_emulator, wait_for_emulator
from footnote.local.event_source import EventSource
from footnote.local.functions import QUEUE
from footnote.local.lifeline import RunningProgram
from footnote.local.workspace import Workspace

pytestmark = pytest.mark.integration

PAGE = "http://127.0.0.1:8080"
PLAN = Plan(
    bucket="documents",
    queue="notifications",
    work_queue="work",
    region="eu-central-1",
    function_timeout_s=300,
    origins=(PAGE,),
)

type Records = list[dict[str, Any]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Emulator:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.program: RunningProgram = self._start()

    def kill_and_restart(self) -> None:
        for process in psutil.process_iter(["cmdline"]):
            if (process.info["cmdline"] or [])[1:] == [
                "-m",
                "footnote.local.guarded_emulator",
            ] and self._is_ours(process):
                process.send_signal(signal.SIGKILL)
        self.program.stop()
        self.program = self._start()

    def _is_ours(self, process: psutil.Process) -> bool:
        return process.environ().get("GATEWAY_PORT") == str(self.port)

    def _start(self) -> RunningProgram:
        program = start_emulator(self.workspace, self.port, [PAGE])
        wait_for_emulator(program, self.port)
        return program


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    running = Emulator(Workspace(tmp_path_factory.mktemp("emulator")))
    yield running
    running.program.stop()


@pytest.fixture
def made(emulator: Emulator) -> Provisioned:
    made = provision(s3_client(emulator.url), sqs_client(emulator.url), PLAN)
    sqs = sqs_client(emulator.url)
    sqs.purge_queue(QueueUrl=made.queue_url)
    return made


@pytest.fixture
def bucket(emulator: Emulator, made: Provisioned) -> Bucket:
    del made
    return Bucket(s3_client(emulator.url), PLAN.bucket)


@pytest.fixture
def queue(emulator: Emulator, made: Provisioned) -> SqsQueue:
    return SqsQueue(sqs_client(emulator.url), made.queue_url)


def notified(queue: SqsQueue) -> Records:
    messages = queue.receive(wait_s=1)
    return [record for m in messages for record in json.loads(m["Body"]).get("Records", [])]


def test_an_upload_and_a_deletion_are_told_with_version_and_order(
    emulator: Emulator, bucket: Bucket, queue: SqsQueue
) -> None:
    bucket.put("default/a b.md", b"text", "text/markdown")
    s3_client(emulator.url).delete_object(Bucket=PLAN.bucket, Key="default/a b.md")
    found = notified(queue)
    while len(found) < 2:
        found += notified(queue) or [{}] * 2
    put, deleted = sorted(found, key=lambda r: str(r["s3"]["object"]["sequencer"]))
    assert put["eventName"] == "ObjectCreated:Put"
    assert put["s3"]["object"]["key"] == "default/a+b.md"
    assert put["s3"]["object"]["versionId"]
    assert deleted["eventName"] == "ObjectRemoved:DeleteMarkerCreated"


def test_provisioning_again_keeps_what_is_there(
    emulator: Emulator, bucket: Bucket, made: Provisioned
) -> None:
    bucket.put("default/kept.md", b"text", "text/markdown")
    assert provision(s3_client(emulator.url), sqs_client(emulator.url), PLAN) == made
    assert "default/kept.md" in bucket.current()


def test_a_copy_has_the_content_and_a_version_of_its_own(
    emulator: Emulator, bucket: Bucket, queue: SqsQueue
) -> None:
    bucket.put("default/a b.md", b"text", "text/markdown")
    version = bucket.copy("default/a b.md", "copy/a b.md")
    assert [one.version_id for one in bucket.listing("copy/")] == [version]
    copied = s3_client(emulator.url).get_object(Bucket=bucket.name, Key="copy/a b.md")
    assert (copied["Body"].read(), copied["ContentType"]) == (b"text", "text/markdown")
    told: set[tuple[str, str]] = set()
    for _ in range(60):  # what other tests uploaded may come first
        told |= {(o["key"], o["versionId"]) for o in (r["s3"]["object"] for r in notified(queue))}
        if ("copy/a+b.md", version) in told:
            return
    pytest.fail(f"only {told} was told")


def test_the_queue_waits_six_timeouts_before_it_delivers_again(
    emulator: Emulator, made: Provisioned
) -> None:
    reply = sqs_client(emulator.url).get_queue_attributes(
        QueueUrl=made.queue_url, AttributeNames=["All"]
    )
    assert reply["Attributes"]["VisibilityTimeout"] == "1800"
    assert json.loads(reply["Attributes"]["RedrivePolicy"])["maxReceiveCount"] == 8


def test_on_this_machine_a_message_outlives_a_long_outage(emulator: Emulator) -> None:
    provision_documents(emulator.url, [PAGE])
    sqs = sqs_client(emulator.url)
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    reply = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    assert json.loads(reply["Attributes"]["RedrivePolicy"])["maxReceiveCount"] == 1000


def test_only_the_page_may_upload_from_a_browser(emulator: Emulator, bucket: Bucket) -> None:
    rules = s3_client(emulator.url).get_bucket_cors(Bucket=bucket.name)["CORSRules"]
    assert [(rule["AllowedOrigins"], rule["AllowedMethods"]) for rule in rules] == [
        ([PAGE], ["PUT"])
    ]


def test_documents_their_versions_and_deletions_outlive_a_kill(
    emulator: Emulator, bucket: Bucket
) -> None:
    bucket.put("kb/kept.md", b"one", "text/markdown")
    bucket.put("kb/kept.md", b"two", "text/markdown")
    bucket.put("kb/gone.md", b"three", "text/markdown")
    s3 = s3_client(emulator.url)
    s3.delete_object(Bucket=bucket.name, Key="kb/gone.md")
    before = bucket.current()
    emulator.kill_and_restart()
    provision(s3, sqs_client(emulator.url), PLAN)
    assert bucket.current() == before
    assert before["kb/gone.md"].deleted
    assert s3.get_object(Bucket=bucket.name, Key="kb/kept.md")["Body"].read() == b"two"


class Failing:
    """A function that lets every message named "poison" come back at once."""

    def __init__(self, queue: SqsQueue) -> None:
        self.received: list[str] = []
        self._queue = queue

    def invoke(self, event: Any) -> object:
        self.received += [record["body"] for record in event["Records"]]
        poisoned = [record for record in event["Records"] if record["body"] == "poison"]
        for record in poisoned:
            self._queue.retry_after(record["receiptHandle"], seconds=0)
        return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in poisoned]}


def test_a_message_that_keeps_failing_ends_among_the_dead_letters(
    emulator: Emulator, queue: SqsQueue, made: Provisioned
) -> None:
    queue.send(["fine", "poison"])
    function = Failing(queue)
    source = EventSource(queue, made.queue_arn, function)
    for _ in range(PLAN.max_receive_count + 1):
        source.poll_once()
    assert sorted(function.received) == ["fine", *["poison"] * PLAN.max_receive_count]
    dead = SqsQueue(sqs_client(emulator.url), made.dead_letter_url).receive(wait_s=1)
    assert [message["Body"] for message in dead] == ["poison"]


def test_pollers_work_until_they_are_stopped(queue: SqsQueue, made: Provisioned) -> None:
    function = Failing(queue)
    source = EventSource(queue, made.queue_arn, function)
    source.start(2)
    queue.send([f"message {n}" for n in range(15)])
    deadline = time.monotonic() + 10
    while len(function.received) < 15 and time.monotonic() < deadline:
        time.sleep(0.05)
    source.stop()
    assert len(set(function.received)) == 15
    assert queue.receive(wait_s=0) == []
