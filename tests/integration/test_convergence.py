"""Whatever happens to events on their way, the index comes to what the bucket holds.

A model bucket, and a delivery that repeats, reorders, delays and crashes at every point where
work touches the outside, against a real Postgres.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from footnote.domain.document import KnowledgeBaseId, ObjectVersion
from footnote.domain.element import Element, ElementKind, PartitionedDocument
from footnote.domain.generation import Generation
from footnote.domain.order import Claim
from footnote.domain.search_index import IndexForm
from footnote.draft_embeddings import EmbedPorts
from footnote.drafts import DraftPorts
from footnote.inbox.notifications import ObjectEvent
from footnote.inbox.objects import StoredObject
from footnote.ingest import IngestPorts, ingest
from footnote.postgres import documents as postgres_documents
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments, lock_document
from footnote.postgres.index import PostgresEmbeddings, PostgresIndex
from footnote.postgres.search_indexes import PostgresSearchIndexes
from tests.fakes import FakeBucket, FakeEmbedder

pytestmark = pytest.mark.integration
NAMES = st.sampled_from(["a.md", "b.md"])
POINTS = st.sampled_from(["fetch", "partition", "embed", "publish", "published"])
EXAMPLES = 300
# The storm is 5,000 examples, in parts that several cores share; a part that failed is run alone
# with the same STORM_SEED and ARGS="-k 'part_7]'".
STORM_SEED = int(os.environ.get("FOOTNOTE_STORM_SEED", "0"))
STORM_PARTS = 50
STORM_EXAMPLES = 100
_numbers = count(1)


class Crash(BaseException):
    """The process ended here."""


@dataclass
class Failpoints:
    """Where the next piece of work ends; everything outside is reached through these."""

    armed: str | None = None
    waiting: Callable[[], None] | None = None

    def reach(self, point: str) -> None:
        if point == "partition" and self.waiting:
            other, self.waiting = self.waiting, None
            other()
        if self.armed == point:
            self.armed = None
            raise Crash(point)


@dataclass
class Around:
    """The real ports with a failpoint before (or behind) each call."""

    points: Failpoints
    bucket: FakeBucket
    index: PostgresIndex

    def fetch(self, key: str, *, max_bytes: int) -> StoredObject | None:
        stored = self.bucket.fetch(key, max_bytes=max_bytes)
        self.points.reach("fetch")
        return stored

    def partition(self, content: bytes, filename: str) -> PartitionedDocument:
        del filename
        self.points.reach("partition")
        element = Element(kind=ElementKind.TEXT, text=content.decode())
        return PartitionedDocument(elements=(element,))

    def publish(self, version: ObjectVersion, claim: Claim, generation: Generation) -> bool:
        self.points.reach("publish")
        published = self.index.publish(version, claim, generation)
        self.points.reach("published")
        return published


class Embedder(FakeEmbedder):
    def __init__(self, points: Failpoints) -> None:
        super().__init__()
        self._points = points

    def embed(self, texts: Any) -> Any:
        self._points.reach("embed")
        return super().embed(texts)


class Delivery(RuleBasedStateMachine):
    """Uploads and removals on one side, events on their way to ingestion on the other."""

    database: Database

    @initialize()
    def begin(self) -> None:
        self.kb = KnowledgeBaseId(f"kb{next(_numbers)}")
        self.points = Failpoints()
        self.bucket = FakeBucket()
        self.on_the_way: list[ObjectEvent] = []
        around = Around(self.points, self.bucket, PostgresIndex(self.database))
        self.documents = PostgresDocuments(self.database)
        embedder = Embedder(self.points)
        form = IndexForm(model=embedder.model, dimension=embedder.dimension)
        indexes = PostgresSearchIndexes(self.database, form)
        self.ports = IngestPorts(
            documents=self.documents,
            drafts=DraftPorts(objects=around, indexes=indexes, parser=around, max_bytes=1000),
            embed=EmbedPorts(
                embedders=lambda _: embedder,
                kept=PostgresEmbeddings(self.database),
                progress=self.documents,
            ),
            index=around,
            tags=None,
        )

    @rule(name=NAMES, text=st.integers(0, 9))
    def put(self, name: str, text: int) -> None:
        self.on_the_way.append(self.bucket.put(f"{self.kb}/{name}", f"text {text}".encode()))

    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        self.on_the_way.append(self.bucket.remove(f"{self.kb}/{name}"))

    @rule(name=NAMES)
    def expire(self, name: str) -> None:
        event = self.bucket.remove(f"{self.kb}/{name}")
        expired = replace(event, version=replace(event.version, sequencer=""))
        self.on_the_way.append(expired)

    @rule(name=NAMES)
    def remove_latest_version(self, name: str) -> None:
        if self.bucket.fetch(f"{self.kb}/{name}", max_bytes=0):
            self.on_the_way.append(self.bucket.remove_latest_version(f"{self.kb}/{name}"))

    @rule(at=st.integers(0), again=st.booleans())
    def deliver(self, at: int, again: bool) -> None:
        if self.on_the_way:
            event = self._take(at, again=again)
            self._ingest(event)

    @rule(at=st.integers(0))
    def take_in(self, at: int) -> None:
        """An event is noted as pending; its work comes some time later."""
        if self.on_the_way:
            self.documents.admit([self._take(at, again=True).version])

    @rule(at=st.integers(0), point=POINTS)
    def crash(self, at: int, point: str) -> None:
        """The work ends somewhere, or gets through; the queue delivers it again either way."""
        if not self.on_the_way:
            return
        self.points.armed = point
        event = self._take(at, again=True)
        try:
            self._ingest(event)
        except Crash:
            return
        finally:
            self.points.armed = None

    @rule(name=NAMES, old=st.integers(0, 4), new=st.integers(5, 9))
    def overlap(self, name: str, old: int, new: int) -> None:
        """After one piece of work has read its object, another version comes and is done first."""
        key = f"{self.kb}/{name}"
        slow = self.bucket.put(key, f"text {old}".encode())

        def meanwhile() -> None:
            self._ingest(self.bucket.put(key, f"text {new}".encode()))

        self.points.waiting = meanwhile
        self._ingest(slow)

    def teardown(self) -> None:
        if hasattr(self, "kb"):
            while self.on_the_way:
                self._ingest(self._take(len(self.on_the_way) // 2, again=False))
            assert self._indexed() == self._held()
            self._check_statistics()

    def _ingest(self, event: ObjectEvent) -> None:
        (outcome,) = ingest([event], self.ports)
        if isinstance(outcome, Exception):
            raise outcome

    def _take(self, at: int, *, again: bool) -> ObjectEvent:
        place = at % len(self.on_the_way)
        return self.on_the_way[place] if again else self.on_the_way.pop(place)

    def _held(self) -> dict[str, tuple[str, str]]:
        held = {}
        for name in ("a.md", "b.md"):
            stored = self.bucket.fetch(f"{self.kb}/{name}", max_bytes=1000)
            if stored and stored.content is not None:
                held[f"{self.kb}/{name}"] = (str(stored.version_id), stored.content.decode())
        return held

    def _indexed(self) -> dict[str, tuple[str, str]]:
        with self.database.transaction() as connection:
            rows = connection.execute(
                "select key, indexed_version_id, text from chunk join document"
                " using (kb, document_id) where kb = %s and status = 'ready'",
                [self.kb],
            ).fetchall()
            (total,) = connection.execute(
                "select count(*) as n from chunk where kb = %s", [self.kb]
            ).fetchall()
        found = {
            str(row["key"]): (str(row["indexed_version_id"]), str(row["text"])) for row in rows
        }
        assert len(found) == len(rows) == total["n"]
        return found

    def _check_statistics(self) -> None:
        with self.database.transaction() as connection:
            wrong = connection.execute(
                """select term from term_frequency f where kb = %(kb)s and chunks <> (
                       select count(*) from chunk_search s
                       where s.kb = %(kb)s and s.terms @> array[f.term])
                   union all
                   select 0 from search_index where kb = %(kb)s and chunks <> (
                       select count(*) from chunk_search where kb = %(kb)s)""",
                {"kb": self.kb},
            ).fetchall()
        assert wrong == []


def check(database: Database, examples: int, at_random: int | None = None) -> None:
    """Drive the machine; the same examples each time, or those that a seed draws."""

    class Machine(Delivery):
        pass

    Machine.database = database
    if at_random is not None:
        seed(at_random)(Machine)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            deadline=None,
            phases=[Phase.generate],  # the shortest failure is not worth minutes of searching
            derandomize=at_random is None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_index_comes_to_what_the_bucket_holds(database: Database) -> None:
    check(database, examples=EXAMPLES)


@pytest.mark.storm
@pytest.mark.parametrize("part", range(STORM_PARTS), ids="part_{}".format)
def test_in_a_storm_the_index_comes_to_what_the_bucket_holds(database: Database, part: int) -> None:
    check(database, STORM_EXAMPLES, at_random=STORM_SEED * STORM_PARTS + part)


@pytest.fixture
def no_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publishing as if nobody else had accepted anything meanwhile."""

    def publish(
        index: PostgresIndex, version: ObjectVersion, claim: Claim, generation: Generation
    ) -> bool:
        del claim
        identity = postgres_documents.identity_of(version.key)
        with index._database.transaction() as connection:
            known = lock_document(connection, identity)
        assert known
        return real(index, version, Claim(verdict=None, number=known.claim), generation)  # type: ignore[arg-type]

    real = PostgresIndex.publish
    monkeypatch.setattr(PostgresIndex, "publish", publish)


@pytest.mark.usefixtures("no_claims")
def test_without_the_claim_the_same_check_fails(database: Database) -> None:
    with pytest.raises((AssertionError, ExceptionGroup)):
        check(database, examples=EXAMPLES)
