"""Knowledge in, against a real Postgres: what the bucket holds is what readers find."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from footnote.domain.document import DocumentStatus, KnowledgeBaseId
from footnote.domain.element import PartitionedDocument
from footnote.domain.errors import (
    DatabaseUnavailableError,
    ModelRefusedError,
    ModelUnavailableError,
    ObjectStorageUnavailableError,
    OvertakenError,
)
from footnote.domain.generation import Generation
from footnote.domain.order import Verdict
from footnote.domain.passage import Passage
from footnote.domain.search_index import IndexForm
from footnote.draft_embeddings import EmbedPorts
from footnote.drafts import DraftPorts
from footnote.embedding.port import Embedder, Vector
from footnote.inbox.notifications import ObjectEvent
from footnote.ingest import IngestPorts, ingest
from footnote.parsing import ParsingLimits, partition
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.index import PostgresEmbeddings, PostgresIndex
from footnote.postgres.passages import PostgresPassages
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.retrieval.bm25 import question_terms
from footnote.retrieval.port import Query
from tests.fakes import FakeBucket, FakeEmbedder

pytestmark = pytest.mark.integration
KB = KnowledgeBaseId("help")
FORM = IndexForm(model=FakeEmbedder.model, dimension=384)
KEY = "help/backups.md"
THIRTY = b"# Backups\n\nBackups are kept for thirty days in every region.\n"
SIXTY = b"# Backups\n\nBackups are kept for sixty days in every region.\n"


class InProcessParser:
    """Parses here instead of in a child process, which other tests are about."""

    def partition(self, content: bytes, filename: str) -> PartitionedDocument:
        return partition(content, filename, ParsingLimits())


class CountingEmbedder(FakeEmbedder):
    texts = 0
    calls = 0
    fails_after: int | None = None
    refuses: str | None = None

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.calls += 1
        if self.refuses and any(self.refuses in text for text in texts):
            message = "the model refuses a text"
            raise ModelRefusedError(message)
        if self.fails_after is not None and self.texts >= self.fails_after:
            message = "the endpoint does not answer"
            raise ModelUnavailableError(message)
        self.texts += len(texts)
        return super().embed(texts)


@dataclass
class World:
    """A bucket, the index, and what a reader sees."""

    database: Database
    bucket: FakeBucket
    embedder: CountingEmbedder
    together: int = 256

    @property
    def ports(self) -> IngestPorts:
        documents = PostgresDocuments(self.database)
        return IngestPorts(
            documents=documents,
            drafts=DraftPorts(
                objects=self.bucket,
                indexes=self.indexes,
                parser=InProcessParser(),
                max_bytes=2**20,
            ),
            embed=EmbedPorts(
                embedders=lambda model: self.embedders[model],
                kept=PostgresEmbeddings(self.database),
                progress=documents,
                together=self.together,
            ),
            index=PostgresIndex(self.database),
            tags=self.bucket,
        )

    @property
    def embedders(self) -> Mapping[str, Embedder]:
        return {FakeEmbedder.model: self.embedder}

    @property
    def indexes(self) -> PostgresSearchIndexes:
        return PostgresSearchIndexes(self.database, FORM)

    def ingest(self, event: ObjectEvent) -> Verdict:
        (outcome,) = ingest([event], self.ports)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def find(self, question: str) -> tuple[Passage, ...]:
        (vector,) = FakeEmbedder().embed([question])
        terms = question_terms(KB, question)
        query = Query(index=self.indexes.active(KB), vector=vector, terms=terms, top_k=10)
        return PostgresPassages(self.database).search(query).passages

    def texts(self) -> list[str]:
        return [passage.text for passage in self.find("how long are backups kept")]

    def status(self, key: str = KEY) -> tuple[str, str]:
        row = PostgresDocuments(self.database).state(key)
        assert row is not None
        return row["status"], row["reason"] or ""

    def check_statistics(self) -> None:
        """Counts that are kept up to date agree with what they count."""
        with self.database.transaction() as connection:
            (row,) = connection.execute(
                """select (select sum(chunks)::int from search_index) = count(*) as chunks,
                          (select coalesce(sum(chunks), 0) from term_frequency)
                          = coalesce(sum(cardinality(terms)), 0) as terms,
                          count(*) = (select count(*) from chunk) as texts
                   from chunk_search"""
            ).fetchall()
        assert row == {"chunks": True, "terms": True, "texts": True}


@pytest.fixture
def world(database: Database) -> World:
    return World(database, FakeBucket(), CountingEmbedder())


def test_a_file_becomes_knowledge_with_its_heading_and_its_version(world: World) -> None:
    event = world.bucket.put(KEY, THIRTY)
    assert world.ingest(event) is Verdict.ACCEPT
    (passage,) = world.find("how long are backups kept")
    assert "thirty days" in passage.text
    assert (passage.version_id, passage.title) == (event.version.version_id, "Backups")
    assert world.status() == ("ready", "")
    world.check_statistics()


def test_an_overwrite_replaces_what_was_known(world: World) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    world.ingest(world.bucket.put(KEY, SIXTY))
    assert [("sixty" in text, "thirty" in text) for text in world.texts()] == [(True, False)]
    world.check_statistics()


def test_a_delete_removes_the_knowledge_and_keeps_a_tombstone(world: World) -> None:
    put = world.bucket.put(KEY, THIRTY)
    world.ingest(put)
    world.ingest(world.bucket.remove(KEY))
    assert world.texts() == []
    assert world.status()[0] == "deleted"
    world.check_statistics()


def test_a_late_put_does_not_resurrect_a_deleted_document(world: World) -> None:
    put = world.bucket.put(KEY, THIRTY)
    world.ingest(world.bucket.remove(KEY))
    assert world.ingest(put) is Verdict.STALE
    assert world.texts() == []


def test_an_older_put_than_the_one_known_does_nothing(world: World) -> None:
    old, new = world.bucket.put(KEY, THIRTY), world.bucket.put(KEY, SIXTY)
    world.ingest(new)
    assert world.ingest(old) is Verdict.STALE
    assert "sixty" in world.texts()[0]


def test_a_duplicate_event_does_nothing(world: World) -> None:
    event = world.bucket.put(KEY, THIRTY)
    world.ingest(event)
    embedded = world.embedder.texts
    assert world.ingest(event) is Verdict.DUPLICATE
    assert world.embedder.texts == embedded
    world.check_statistics()


def test_a_delete_that_comes_after_a_newer_put_leaves_the_document(world: World) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    removed = world.bucket.remove(KEY)
    world.ingest(world.bucket.put(KEY, SIXTY))
    assert world.ingest(removed) is Verdict.STALE
    assert "sixty" in world.texts()[0]


def test_an_event_of_an_older_version_already_brings_what_the_bucket_holds(world: World) -> None:
    old = world.bucket.put(KEY, THIRTY)
    new = world.bucket.put(KEY, SIXTY)
    world.ingest(old)
    (passage,) = world.find("how long are backups kept")
    assert (passage.version_id, "sixty" in passage.text) == (new.version.version_id, True)


def test_deleting_the_latest_version_for_good_brings_back_the_one_before(world: World) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    world.ingest(world.bucket.put(KEY, SIXTY))
    world.ingest(world.bucket.remove_latest_version(KEY))
    assert "thirty" in world.texts()[0]


def test_removing_a_delete_marker_restores_the_document(world: World) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    world.ingest(world.bucket.remove(KEY))
    world.ingest(world.bucket.remove_latest_version(KEY))
    assert world.status() == ("ready", "")


def test_what_reconciliation_asked_for_many_times_is_read_once(world: World) -> None:
    put = world.bucket.put(KEY, THIRTY)
    unordered = replace(put.version, sequencer="")
    hour_ago = replace(unordered, asked_at=datetime.now(UTC) - timedelta(hours=1))
    asked = [replace(put, version=hour_ago)] * 3
    assert [world.ingest(event) for event in asked] == [Verdict.ACCEPT, *[Verdict.STALE] * 2]
    again = replace(unordered, asked_at=datetime.now(UTC))
    assert world.ingest(replace(put, version=again)) is Verdict.ACCEPT


def test_an_expiration_without_a_sequencer_removes_the_document(world: World) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    event = world.bucket.remove(KEY)
    expired = replace(event, version=replace(event.version, sequencer=""))
    world.ingest(expired)
    assert world.status()[0] == "deleted"
    assert world.texts() == []


def test_a_file_that_cannot_be_read_tells_why_and_takes_its_old_content_along(
    world: World,
) -> None:
    world.ingest(world.bucket.put("help/a.pdf", b"%PDF-1.4 nothing of the kind"))
    world.ingest(world.bucket.put(KEY, THIRTY))
    world.ingest(world.bucket.put(KEY, b"\x00\x01\x02\xff" * 50))
    assert world.status("help/a.pdf")[0] == "failed"
    assert world.status() == (
        "failed",
        "the file holds binary data, not text as its name says; give it the ending of what it is",
    )
    assert world.texts() == []
    world.check_statistics()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("help/film.mp4", b"x", "not supported"),
        ("help/empty.md", b"", "empty"),
        ("help/huge.md", b"x" * (2**20 + 1), "larger than the limit of 1 MB"),
    ],
)
def test_what_is_no_document_is_skipped_with_the_reason(
    world: World, name: str, content: bytes, reason: str
) -> None:
    world.ingest(world.bucket.put(name, content))
    status, told = world.status(name)
    assert status == "skipped"
    assert reason in told


def test_a_folder_marker_is_no_document(world: World) -> None:
    world.ingest(world.bucket.put("help/folder/", b""))
    assert PostgresDocuments(world.database).state("help/folder/") is None


def test_an_outage_of_the_bucket_keeps_the_event_for_another_try(world: World) -> None:
    event = world.bucket.put(KEY, THIRTY)
    world.bucket.unavailable = True
    with pytest.raises(ObjectStorageUnavailableError):
        world.ingest(event)
    assert world.status()[0] == "processing"
    world.bucket.unavailable = False
    assert world.ingest(event) is Verdict.ACCEPT
    assert world.status() == ("ready", "")


def test_work_that_is_tried_again_embeds_nothing_twice(world: World) -> None:
    event = world.bucket.put(KEY, THIRTY)
    world.ingest(event)
    embedded = world.embedder.texts
    world.ingest(world.bucket.put(KEY, THIRTY))
    world.ingest(world.bucket.put("help/copy.md", THIRTY))
    assert world.embedder.texts == embedded


def test_work_that_another_claim_overtook_is_dropped(world: World) -> None:
    put = world.bucket.put(KEY, THIRTY)
    documents, index = PostgresDocuments(world.database), world.ports.index
    first = documents.claim(put.version)
    second = documents.claim(put.version)
    ready, gone = (
        Generation(status=status) for status in (DocumentStatus.READY, DocumentStatus.DELETED)
    )
    with pytest.raises(OvertakenError):  # the other one may yet fail, so this one is kept
        index.publish(put.version, first, ready)
    assert index.publish(put.version, second, gone) is True
    assert index.publish(put.version, first, ready) is False
    assert world.status()[0] == "deleted"


def test_an_expiration_is_not_undone_by_work_that_read_the_bucket_before_it(world: World) -> None:
    put = world.bucket.put(KEY, THIRTY)
    slow = world.ports.documents.claim(put.version)
    event = world.bucket.remove(KEY)
    world.ingest(replace(event, version=replace(event.version, sequencer="")))
    assert not world.ports.index.publish(put.version, slow, Generation(status=DocumentStatus.READY))
    assert world.status()[0] == "deleted"


def test_a_sidecar_sets_the_title_whether_it_comes_before_or_after(world: World) -> None:
    sidecar = b'{"metadataAttributes": {"title": "Safety", "url": "https://x.example/s"}}'
    world.ingest(world.bucket.put(KEY, THIRTY))
    world.ingest(world.bucket.put(f"{KEY}.metadata.json", sidecar))
    (passage,) = world.find("how long are backups kept")
    assert (passage.title, passage.url) == ("Safety", "https://x.example/s")
    world.ingest(world.bucket.remove(f"{KEY}.metadata.json"))
    (passage,) = world.find("how long are backups kept")
    assert (passage.title, passage.url) == ("Backups", None)
    assert PostgresDocuments(world.database).state(f"{KEY}.metadata.json") is None


def test_embeddings_that_were_made_before_the_work_was_cut_off_are_not_made_again(
    world: World,
) -> None:
    world.together = 1
    text = "\n\n".join(f"# Part {n}\n\n" + f"Sentence {n} of this part. " * 30 for n in range(4))
    event = world.bucket.put(KEY, text.encode())
    world.embedder.fails_after = 2
    with pytest.raises(ModelUnavailableError):
        world.ingest(event)
    world.embedder.fails_after = None
    world.ingest(event)
    assert world.status()[0] == "ready"
    assert world.embedder.texts == len(world.find("sentence"))


def test_what_was_paid_for_is_kept_though_the_database_is_away_for_a_moment(world: World) -> None:
    class Restarting(PostgresEmbeddings):
        tries = 0

        def keep(self, model_id: int, vectors: Mapping[bytes, Sequence[float]]) -> None:
            self.tries += 1
            if self.tries < 3:
                message = "the database is starting up"
                raise DatabaseUnavailableError(message)
            super().keep(model_id, vectors)

    kept = Restarting(world.database)
    ports = replace(world.ports, embed=replace(world.ports.embed, kept=kept))
    assert ingest([world.bucket.put(KEY, THIRTY)], ports) == [Verdict.ACCEPT]
    assert (kept.tries, world.embedder.texts) == (3, 1)


def test_a_sidecars_title_is_cleaned_and_cut_as_a_files_own_is(world: World) -> None:
    title = "Two\nlines \U000e0041" + "x" * 5000
    sidecar = json.dumps({"metadataAttributes": {"title": title}}).encode()
    world.bucket.put(f"{KEY}.metadata.json", sidecar)
    world.ingest(world.bucket.put(KEY, THIRTY))
    (passage,) = world.find("how long are backups kept")
    assert passage.title == "Two lines " + "x" * 290


@pytest.mark.parametrize("value", ['"a\\u0000b"', "NaN", "1e999", "[[1, Infinity]]"])
def test_a_sidecar_that_cannot_be_stored_fails_its_document_with_the_reason(
    world: World, value: str
) -> None:
    sidecar = f'{{"metadataAttributes": {{"title": {value}}}}}'.encode()
    world.bucket.put(f"{KEY}.metadata.json", sidecar)
    world.ingest(world.bucket.put(KEY, THIRTY))
    status, reason = world.status()
    assert (status, "sidecar" in reason) == ("failed", True)


def test_while_a_sidecar_is_read_the_document_keeps_its_own_version(world: World) -> None:
    put = world.bucket.put(KEY, THIRTY)
    world.ingest(put)
    world.embedder.fails_after = 0
    title = b'{"metadataAttributes": {"title": "Another title"}}'
    with pytest.raises(ModelUnavailableError):
        world.ingest(world.bucket.put(f"{KEY}.metadata.json", title))
    row = PostgresDocuments(world.database).state(KEY)
    assert row is not None
    assert (row["version_id"], row["bytes"]) == (put.version.version_id, len(THIRTY))


def test_a_key_that_leaves_no_room_for_a_sidecars_is_no_obstacle(world: World) -> None:
    key = f"help/{'k' * (1024 - len('help/.md'))}.md"
    world.ingest(world.bucket.put(key, THIRTY))
    assert world.status(key) == ("ready", "")


def test_a_deleted_document_tells_the_version_of_its_delete_marker(world: World) -> None:
    world.ingest(world.bucket.put(KEY, THIRTY))
    removal = world.bucket.remove(KEY)
    world.ingest(removal)
    row = PostgresDocuments(world.database).state(KEY)
    assert row is not None
    assert (row["status"], row["version_id"]) == ("deleted", removal.version.version_id)
    assert row["indexed_version_id"] is None


class WatchingEmbedder(CountingEmbedder):
    """Notes how documents stand while it is at work."""

    def __init__(self, look: Callable[[], object]) -> None:
        super().__init__()
        self.look = look
        self.seen: list[object] = []

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.seen.append(self.look())
        return super().embed(texts)


def test_a_deletion_and_a_refusal_do_not_wait_for_the_model_that_their_batch_needs(
    world: World,
) -> None:
    world.ingest(world.bucket.put("help/gone.md", SIXTY))

    def look() -> object:
        return world.status("help/gone.md")[0], world.status("help/empty.md")[0]

    watching = WatchingEmbedder(look)
    world.embedder = watching
    events = [
        world.bucket.put(KEY, THIRTY),
        world.bucket.remove("help/gone.md"),
        world.bucket.put("help/empty.md", b""),
    ]
    assert ingest(events, world.ports) == [Verdict.ACCEPT] * 3
    assert watching.seen == [("deleted", "skipped")]
