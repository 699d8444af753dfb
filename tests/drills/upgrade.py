"""Version N to N+1 under traffic: new migrations while old code works, then both together."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import override

import psycopg

from footnote.aws.objects import S3Objects
from footnote.aws.session import s3_client
from footnote.bootstrap import index_form
from footnote.client import ApiClient
from footnote.local.documents import provision_documents
from footnote.local.event_source import EventSource
from footnote.local.fair_queue import FairQueue
from footnote.local.functions import (
    BUCKET,
    Addresses,
    api_function,
    ingest_function,
    intake_function,
    use_local_credentials,
)
from footnote.local.gateway import Gateway
from footnote.local.pool import FunctionPool
from footnote.local.repository import find_repository
from footnote.local.workspace import Workspace
from footnote.postgres.migrate import apply_migrations
from tests.drills.locks import LockWatch
from tests.drills.old_code import OldCode
from tests.drills.traffic import Traffic, fill
from tests.running_system import System, eventually, folder_for_a_system, free_port

LONGEST_WAIT_S = 2.0
# Rows of the ledger, so that whatever is done to all of them takes its time.
_QUESTIONS = """
insert into question (kb, question_id, conversation_id, asked_at, text, status, model, in_corpus,
                      input_tokens, output_tokens, timings_ms)
select 'drill', gen_random_uuid(), 'c' || n, now() - n * interval '1 second', 'Question ' || n,
       'answered', 'extractive', 0.9, 0, 0, '{}'
from generate_series(1, %s) as n
"""


@dataclass
class Outcome:
    """What an upgrade came to."""

    applied: list[str] = field(default_factory=list)
    migrating_s: float = 0.0
    longest_wait_s: float = 0.0
    waiting: str = ""
    done: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether there was something to be noticed, and nobody did."""
        happened = bool(self.done) and bool(self.applied)
        return happened and not self.errors and self.longest_wait_s <= LONGEST_WAIT_S


class OldSystem(System):
    """`footnote up` of an older revision."""

    def __init__(self, folder: Path, code: OldCode) -> None:
        # What leads Python to this code would lead the old command there as well.
        super().__init__(folder, settings={"PYTHONPATH": ""})
        self._code = code

    @override
    def command(self) -> list[str]:
        _, *arguments = super().command()
        return [self._code.footnote, *arguments]


def upgrade(code: OldCode, *, seconds: float, documents: int, questions: int) -> Outcome:
    """Upgrade a running system of older code to this one, with traffic all the time."""
    with folder_for_a_system("upgrade") as folder:
        use_local_credentials()
        system = OldSystem(folder, code)
        system.start()
        try:
            fill(system.bucket, system.api, documents)
            return _upgrade(system, seconds, questions)
        finally:
            system.stop()


def _upgrade(system: OldSystem, seconds: float, questions: int) -> Outcome:
    told = json.loads(Workspace(system.folder).connection.read_text())
    url = told["FOOTNOTE_DATABASE_URL"]
    with psycopg.connect(url) as connection:
        connection.execute(_QUESTIONS, [questions])
    outcome = Outcome()
    documents = S3Objects(lambda: s3_client(told["FOOTNOTE_AWS_ENDPOINT_URL"]), BUCKET)
    traffic = Traffic(system.bucket, documents.delete, [system.api], phase="old code")
    with LockWatch(url) as locks, traffic:
        time.sleep(seconds)
        traffic.phase = "old code while migrations run"
        begun = time.monotonic()
        with _somebody_reads(url, min(seconds, 4.0)):
            outcome.applied = apply_migrations(url, index_form())
        outcome.migrating_s = time.monotonic() - begun
        traffic.phase = "old code on the new schema"
        time.sleep(seconds)
        with _new_code(system, url) as api:
            traffic.apis.append(api)
            traffic.phase = "old and new code"
            time.sleep(2 * seconds)
            traffic.__exit__()
    outcome.longest_wait_s, outcome.waiting = locks.longest_s, locks.statement
    outcome.done, outcome.errors = dict(traffic.done), traffic.errors
    return outcome


@contextmanager
def _somebody_reads(url: str, seconds: float) -> Iterator[None]:
    """A report that keeps its transaction open: what a migration waits for in real life."""
    begun = threading.Event()

    def report() -> None:
        with psycopg.connect(url) as reader:
            reader.execute("select from document, question limit 1")
            begun.set()
            time.sleep(seconds)

    thread = threading.Thread(target=report, daemon=True)
    thread.start()
    begun.wait(timeout=60)
    yield
    thread.join()


@contextmanager
def _new_code(system: OldSystem, url: str) -> Iterator[ApiClient]:
    """The functions of this version beside the old ones: on their queues, bucket and database."""
    workspace = Workspace(system.folder.parent / "new")
    workspace.logs.mkdir(parents=True)
    addresses = Addresses(database_url=url, s3_port=system.s3_port)
    where = (find_repository(), workspace, addresses)
    made = provision_documents(addresses.aws_endpoint_url, [])
    with ExitStack() as parts:
        pools = [
            FunctionPool(api_function(*where, 1, keyless=True)),
            FunctionPool(intake_function(*where)),
            FunctionPool(ingest_function(*where, 1)),
        ]
        for pool in pools:
            parts.callback(pool.stop)
            pool.start(1)
        api, intake, ingest = pools
        gateway = Gateway(free_port(), api)
        gateway.start()
        parts.callback(gateway.stop)
        client = ApiClient(f"http://127.0.0.1:{gateway.server_port}")
        eventually(lambda: client.health()["status"], lambda status: status == "ok", 60)
        for source in (
            EventSource(made.queue, made.made.queue_arn, intake),
            EventSource(FairQueue(made.work_queue), made.made.work_queue_arn, ingest),
        ):
            parts.callback(source.stop)
            source.start(1)
        yield client
