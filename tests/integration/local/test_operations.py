"""`footnote reconcile` and `footnote redrive` beside a running system, as an operator sees them."""

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from footnote.aws.bucket import Bucket
from footnote.aws.provisioning import Provisioned
from footnote.aws.queue import SqsQueue, sqs_client
from footnote.aws.session import s3_client
from footnote.cli.application import app
from footnote.domain.document import ObjectVersion
from footnote.inbox.notifications import ObjectEvent, read_notification, write_notification
from footnote.local.connection import write_connection
from footnote.local.documents import provision_documents
from footnote.local.emulator import start_emulator, wait_for_emulator
from footnote.local.functions import BUCKET, Addresses
from footnote.local.workspace import Workspace
from footnote.postgres.connection import Database
from footnote.postgres.reconcile import PostgresReconciliation
from tests.integration.postgres.test_passages import publish
from tests.new_process import forget_what_was_built
from tests.rows import LONG_AGO, add_document

pytestmark = pytest.mark.integration


@dataclass
class System:
    """A data folder whose S3, SQS and Postgres run, and nothing that reads the queue."""

    folder: Path
    bucket: Bucket
    queue: SqsQueue
    dead_letters: SqsQueue
    database: Database

    def run(self, *arguments: str) -> Result:
        forget_what_was_built()  # each command is a process of its own
        return CliRunner().invoke(app, [*arguments, "--data-dir", str(self.folder)])

    def waiting(self) -> list[tuple[str, bool]]:
        found: list[ObjectEvent] = []
        while messages := self.queue.receive(wait_s=0):
            for message in messages:
                self.queue.delete([message["ReceiptHandle"]])
                found += read_notification(message["Body"])
        return sorted((event.version.key, event.removed) for event in found)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Provisioned]]:
    workspace = Workspace(tmp_path_factory.mktemp("emulator"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    program = start_emulator(workspace, port, [])
    wait_for_emulator(program, port)
    yield port, provision_documents(f"http://127.0.0.1:{port}", []).made
    program.stop()


@pytest.fixture
def system(
    emulator: tuple[int, Provisioned],
    database: Database,
    database_url: str,
    tmp_path: Path,
) -> Iterator[System]:
    port, made = emulator
    addresses = Addresses(database_url=database_url, s3_port=port)
    write_connection(Workspace(tmp_path), addresses, made)
    sqs = sqs_client(addresses.aws_endpoint_url)
    for url in (made.queue_url, made.dead_letter_url):
        sqs.purge_queue(QueueUrl=url)
    before = dict(os.environ)
    forget_what_was_built()
    yield System(
        folder=tmp_path,
        bucket=Bucket(s3_client(addresses.aws_endpoint_url), BUCKET),
        queue=SqsQueue(sqs, made.queue_url),
        dead_letters=SqsQueue(sqs, made.dead_letter_url),
        database=database,
    )
    forget_what_was_built()
    os.environ.clear()
    os.environ.update(before)


def letter(key: str) -> str:
    version = ObjectVersion(
        bucket=BUCKET, key=key, sequencer="0A", version_id="v", event_time=LONG_AGO
    )
    return write_notification(ObjectEvent(version=version, removed=False))


def test_what_was_found_is_a_table_by_knowledge_base(system: System) -> None:
    system.bucket.put("other/young.md", b"x", "text/markdown")
    add_document(system.database, "kb/[gone].md")
    result = system.run("reconcile")
    assert result.exit_code == 0, result.stderr
    (row,) = [line.split() for line in result.stdout.splitlines() if line.startswith("kb ")]
    assert row == ["kb", "0", "1", "0", "1"]
    assert "Notifications sent: 1" in result.stdout
    assert system.waiting()[0] == ("kb/[gone].md", True)


def test_a_held_brake_is_status_3_and_says_what_to_do(system: System) -> None:
    system.bucket.put("other/young.md", b"x", "text/markdown")
    system.waiting()
    for number in range(20):
        add_document(system.database, f"kb/{number}.md")
    result = system.run("reconcile", "-k", "kb")
    assert result.exit_code == 3
    assert "20 deletions were held back in kb" in result.stderr
    assert "--force" in result.stderr
    assert system.waiting() == []
    assert system.run("reconcile", "-k", "kb", "--force").exit_code == 0
    assert len(system.waiting()) == 20


def test_a_dry_run_sends_nothing_and_programs_get_json(system: System) -> None:
    system.bucket.put("kb/young.md", b"x", "text/markdown")
    system.waiting()
    add_document(system.database, "kb/gone.md")
    result = system.run("reconcile", "--dry-run", "--json", "-k", "kb")
    report = json.loads(result.stdout)
    assert (report["dry_run"], report["sent"], report["held_back"]) == (True, 1, 0)
    assert report["knowledge_bases"] == [
        {
            "knowledge_base": "kb",
            "in_bucket": 1,
            "in_index": 1,
            "sent_again": {},
            "to_delete": 1,
            "braked": False,
        }
    ]
    assert system.waiting() == []


def test_a_run_beside_another_one_is_refused_in_one_line(system: System) -> None:
    with PostgresReconciliation(system.database).held():
        result = system.run("reconcile")
    assert result.exit_code == 1
    assert "another reconciliation is under way" in result.stderr


@pytest.mark.parametrize("as_json", [False, True], ids=["table", "json"])
def test_dead_letters_are_moved_and_named(system: System, as_json: bool) -> None:
    system.dead_letters.send([*(letter(f"kb/{n:02}.md") for n in range(23)), "poison"])
    result = system.run("redrive", *(["--json"] if as_json else []))
    assert result.exit_code == 0, result.stderr
    if as_json:
        report = json.loads(result.stdout)
        assert report["moved"] == 24
        assert {"keys": ["kb/00.md"], "received": 1, "age_s": 0} in [
            message | {"age_s": 0} for message in report["messages"]
        ]
    else:
        assert "kb/22.md" in result.stdout
        assert "a message that cannot be read" in result.stdout
        assert "Messages moved back to the queue: 24" in result.stdout
    assert (system.dead_letters.length(), system.queue.length()) == (0, 24)


def test_where_nothing_is_dead_nothing_is_moved(system: System) -> None:
    assert "queue: 0" in system.run("redrive").stdout


def test_a_stopped_system_is_said_to_be_stopped(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["redrive", "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert "does not run on" in result.stderr


def test_thousands_of_odd_keys_are_listed_in_the_order_of_their_bytes(system: System) -> None:
    names = ["a b+c%.md", "文.md", "😀.md", "\ue000.md", "a.md", "a.md.metadata.json", "a.md-1"]
    keys = [f"listing/{n:03}/{name}" for n in range(150) for name in names]
    for key in keys:
        system.bucket.put(key, b"x", "text/markdown")
    for key in keys[::3]:
        system.bucket.put(key, b"y", "text/markdown")
    listed = [item.key for item in system.bucket.listing("listing/")]
    assert listed == sorted(keys, key=str.encode)


def test_a_knowledge_base_leaves_as_a_file_and_its_copy_is_left_alone(
    system: System, tmp_path: Path
) -> None:
    for number in range(3):
        add_document(system.database, f"kb/{number}.md")
    file = str(tmp_path / "kb.jsonl.gz")
    exported = system.run("export", "kb", file)
    assert (exported.exit_code, "documents" in exported.stdout) == (0, True), exported.stderr
    assert "exists already" in system.run("export", "kb", file).stderr
    assert "no knowledge base nobody" in system.run("export", "nobody", file + ".b").stderr
    imported = system.run("import", file, "--as", "copy")
    assert imported.exit_code == 0, imported.stderr
    assert "0 files as they were exported, 0 in another version, 3 not there" in imported.stdout
    again = system.run("import", file, "--as", "copy")
    assert (again.exit_code, "something in copy already" in again.stderr) == (1, True)
    with system.database.transaction() as connection:
        connection.execute("update document set updated_at = %s", [LONG_AGO])
    system.waiting()
    result = system.run("reconcile", "-k", "copy")
    assert (result.exit_code, system.waiting()) == (0, [])
    assert "3 documents were imported, and their files never were in this bucket" in result.stderr


def test_what_cannot_be_imported_is_one_line(system: System, tmp_path: Path) -> None:
    publish(system.database, "a.md", ["Kept for thirty days."], kb="kb")
    file = tmp_path / "kb.jsonl.gz"
    assert json.loads(system.run("export", "kb", str(file), "--json").stdout)["lines"]["chunk"] == 1
    result = system.run("import", str(file), "--as", "copy", "--json")
    assert (result.exit_code, "--embed-anew" in result.stderr) == (1, True)
    file.write_bytes(file.read_bytes()[:-20])
    for path in (file, tmp_path / "none"):
        refused = system.run("import", str(path), "--json")
        assert (refused.exit_code, len(refused.stderr.strip().splitlines())) == (1, 1)
    assert system.run("import", str(file), "--as", "No Name").exit_code == 2
