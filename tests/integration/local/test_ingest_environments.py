"""Knowledge in through real queues, in real execution environments of both functions."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from footnote.access.door import Door
from footnote.domain.document import document_id_of
from footnote.http.ports import ApiPorts
from footnote.local.documents import DocumentsBucket, provision_documents
from footnote.local.emulator import start_emulator, wait_for_emulator
from footnote.local.event_source import EventSource
from footnote.local.fair_queue import FairQueue
from footnote.local.function import Function
from footnote.local.functions import Addresses, ingest_function, intake_function
from footnote.local.pool import FunctionPool
from footnote.local.repository import find_repository
from footnote.local.workspace import Workspace
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.feedback import PostgresFeedback
from footnote.postgres.knowledge_bases import PostgresKnowledgeBases
from footnote.postgres.labels import PostgresLabels
from footnote.postgres.recall import PostgresRecall
from footnote.postgres.retention import PostgresRetention
from footnote.postgres.spending import PostgresSpending
from footnote.postgres.unanswered import PostgresUnanswered
from footnote.postgres.usage import PostgresUsage
from tests.asking import ask_ports, classify_ports, golden_ports
from tests.faults import charging_ingest
from tests.faults.charging_ingest import EMBEDDED_TOGETHER, SHELF
from tests.faults.shelf import Shelf
from tests.integration.http.test_api import Api, FakeUploads
from tests.integration.local.test_bucket_and_queue import free_port

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[3]
KB = "help"
# A minute is left for publishing, so that each invocation embeds one batch, on any machine.
SHORTEST_S = 60.0
ENVIRONMENTS = 3
PATIENCE_S = 120.0


@dataclass
class Deployed:
    """Bucket, queues and functions, beside a database."""

    workspace: Workspace
    addresses: Addresses
    documents: DocumentsBucket
    database: Database
    pools: list[FunctionPool]

    def put(self, name: str, content: bytes) -> None:
        self.documents.bucket.put(f"{KB}/{name}", content, "text/markdown")

    def intake(self) -> EventSource:
        function = intake_function(find_repository(), self.workspace, self.addresses)
        return self._source(function, work=False)

    def ingest(self, environments: int, **changes: Any) -> EventSource:
        function = ingest_function(find_repository(), self.workspace, self.addresses, environments)
        return self._source(replace(function, **changes), work=True)

    def statuses(self) -> list[str]:
        rows = PostgresDocuments(self.database).page(
            KB,  # type: ignore[arg-type]
            status=None,
            prefix="",
            after="",
            limit=500,
        )
        return [row["status"] for row in rows]

    def _source(self, function: Function, *, work: bool) -> EventSource:
        # As in template.yaml.
        variables = {**function.environment, "FOOTNOTE_DATABASE_CONNECTIONS": "1"}
        pool = FunctionPool(replace(function, environment=variables))
        self.pools.append(pool)
        pool.start(function.least)
        made = self.documents.made
        if work:
            return EventSource(FairQueue(self.documents.work_queue), made.work_queue_arn, pool)
        return EventSource(self.documents.queue, made.queue_arn, pool)


@pytest.fixture
def deployed(database: Database, database_url: str, tmp_path: Path) -> Iterator[Deployed]:
    workspace = Workspace(tmp_path)
    workspace.logs.mkdir()
    port = free_port()
    emulator = start_emulator(workspace, port, [])
    wait_for_emulator(emulator, port)
    addresses = Addresses(database_url=database_url, s3_port=port)
    documents = provision_documents(addresses.aws_endpoint_url, [])
    found = Deployed(workspace, addresses, documents, database, [])
    yield found
    for pool in found.pools:
        pool.stop()
    emulator.stop()


def api(database: Database) -> Api:
    return Api(
        ApiPorts(
            door=Door(None),
            ask=ask_ports(database),
            documents=PostgresDocuments(database),
            feedback=PostgresFeedback(database),
            classify=classify_ports(database),
            keys=PostgresAccessKeys(database),
            usage=PostgresUsage(database),
            budgets=PostgresSpending(database, None).budgets,
            knowledge_bases=PostgresKnowledgeBases(database),
            recall=PostgresRecall(database).report,
            unanswered=PostgresUnanswered(database),
            golden=golden_ports(database),
            labels=PostgresLabels(database),
            retention=PostgresRetention(database),
            conversation_turns=10,
            uploads=FakeUploads(),
            bucket="documents",
            notify=print,
            database_is_up=database.ping,
            embedding_model="any",
            max_question_chars=200,
            question_timeout_s=5,
            version="test",
        )
    )


def charging(deployed: Deployed, shelf: Shelf) -> Mapping[str, str]:
    function = ingest_function(find_repository(), deployed.workspace, deployed.addresses, 1)
    return {**function.environment, SHELF: str(shelf.folder), "PYTHONPATH": str(ROOT)}


def test_a_long_document_takes_several_invocations_and_tells_how_far_it_is(
    deployed: Deployed, tmp_path: Path
) -> None:
    shelf = Shelf(tmp_path)
    environment = charging(deployed, shelf)
    handler = Path(charging_ingest.__file__)
    ingest = deployed.ingest(1, handler=handler, environment=environment, timeout_s=SHORTEST_S)
    parts = [f"## Part {n}\n\n{f'Sentence of part {n}. ' * 40}\n" for n in range(60)]
    deployed.put("long.md", "\n".join(parts).encode())
    poll(deployed.intake())
    reader, seen = api(deployed.database), list[dict[str, Any]]()
    while not seen or seen[-1]["status"] != "ready":
        poll(ingest)
        _, listed, _ = reader.call("GET", "/v1/documents", knowledge_base=KB)
        _, one, _ = reader.call("GET", f"/v1/documents/{document_id_of(f'{KB}/long.md')}")
        assert listed["documents"][0].items() <= one.items()
        seen.append(one)
    told = [(one["embedded"], one["to_embed"]) for one in seen if one["status"] == "processing"]
    assert len(told) >= 2
    assert told == sorted(set(told))
    assert all(0 < embedded < total for embedded, total in told)
    assert told[0][0] % EMBEDDED_TOGETHER == 0
    assert len(shelf.paid()) == seen[-1]["chunks"] == told[0][1]
    assert set(shelf.paid().values()) == {1}


def poll(source: EventSource) -> None:
    """One batch, which may take a moment to come."""
    until = time.monotonic() + PATIENCE_S
    while not source.poll_once():
        assert time.monotonic() < until


def test_a_burst_takes_one_connection_for_each_environment(
    deployed: Deployed, database_url: str
) -> None:
    intake, ingest = deployed.intake(), deployed.ingest(ENVIRONMENTS)
    for number in range(30):
        deployed.put(f"{number}.md", f"# Part {number}\n\nText of part {number}.\n".encode())
    assert deployed.statuses() == []
    most, until = 0, time.monotonic() + PATIENCE_S
    with psycopg.connect(database_url, autocommit=True) as watching:
        own = connected(watching)  # those of this test
        intake.start(1)
        ingest.start(ENVIRONMENTS)
        while deployed.statuses() != ["ready"] * 30:
            assert time.monotonic() < until
            most = max(most, len(connected(watching) - own))
    intake.stop()
    ingest.stop()
    assert 1 + 2 <= most <= 1 + ENVIRONMENTS


def connected(watching: psycopg.Connection) -> set[int]:
    """The server's processes for clients of this database."""
    rows = watching.execute(
        "select pid from pg_stat_activity"
        " where datname = current_database() and backend_type = 'client backend'"
    )
    return {pid for (pid,) in rows}
