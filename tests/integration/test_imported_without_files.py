"""What was imported without its files answers until these come, whatever asks to read them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.domain.order import Verdict
from footnote.domain.search_index import IndexForm
from footnote.inbox.sidecar import sidecar_key
from footnote.inbox.work import WorkMessage
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.reconcile import PostgresReconciliation
from footnote.postgres.reindex import PostgresReindex
from footnote.reindex import ReindexPorts, begin, build
from tests.fakes import FakeBucket, FakeEmbedder
from tests.integration.test_ingest import KEY, SIXTY, THIRTY, CountingEmbedder, World
from tests.moving import FORM, Importing, export_to

pytestmark = pytest.mark.integration
COPY = KnowledgeBaseId("copy")
COPIED = "copy/backups.md"
SHORT_CHUNKS = IndexForm(model=FakeEmbedder.model, dimension=384, chunk_chars=300)


@dataclass
class Work:
    """The queue of work, with nobody behind it."""

    sent: list[WorkMessage] = field(default_factory=list)

    def send(self, messages: Sequence[WorkMessage]) -> None:
        self.sent += messages


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """`copy` was imported from `help`, and has no file in the bucket."""
    world = World(database, FakeBucket(), CountingEmbedder())
    world.ingest(world.bucket.put(KEY, THIRTY))
    _import(world, tmp_path)
    return world


@pytest.fixture
def indexes(world: World) -> PostgresReindex:
    return PostgresReindex(world.database, world.indexes)


@pytest.fixture
def ports(world: World, indexes: PostgresReindex) -> ReindexPorts:
    return ReindexPorts(
        indexes=indexes, embedders=lambda _: world.embedder, work=Work(), bucket="documents"
    )


def _import(world: World, folder: Path, *, merge: bool = False) -> None:
    path = folder / "help.jsonl.gz"
    path.unlink(missing_ok=True)
    export_to(path, world.database)
    Importing(world.database, world.bucket).take(path, name=COPY, merge=merge)


def _state(world: World) -> tuple[str, int]:
    row = PostgresDocuments(world.database).state(COPIED)
    assert row is not None
    return row["status"], row["chunks"]


def test_a_sidecar_that_comes_alone_leaves_it_as_it_is(world: World) -> None:
    described = world.bucket.put(sidecar_key(COPIED), b'{"metadataAttributes": {"title": "A"}}')
    assert world.ingest(described) is Verdict.DUPLICATE
    assert _state(world) == ("ready", 1)


def test_with_its_file_the_sidecar_that_came_before_is_read(world: World) -> None:
    world.ingest(world.bucket.put(sidecar_key(COPIED), b'{"metadataAttributes": {"title": "A"}}'))
    world.ingest(world.bucket.put(COPIED, SIXTY))
    row = PostgresDocuments(world.database).state(COPIED)
    assert row is not None
    assert row["title"] == "A"


def test_another_index_is_not_begun_while_files_are_missing(
    world: World, ports: ReindexPorts
) -> None:
    with pytest.raises(UnprocessableError, match=r"documents of copy that were imported.* 1\."):
        begin(COPY, SHORT_CHUNKS, ports)
    assert len(PostgresReindex(world.database, world.indexes).all_of(COPY)) == 1


def test_a_building_ends_at_what_was_imported_meanwhile_and_sends_nothing_of_it(
    world: World, ports: ReindexPorts, tmp_path: Path
) -> None:
    world.ingest(world.bucket.put(COPIED, THIRTY))
    index = begin(COPY, SHORT_CHUNKS, ports)
    world.ingest(world.bucket.put(COPIED, SIXTY))
    world.ingest(world.bucket.put("help/other.md", SIXTY))
    _import(world, tmp_path, merge=True)
    with pytest.raises(UnprocessableError, match=r"documents of copy that were imported.* 1\."):
        list(build(index, ports))
    assert ports.work.sent == []  # type: ignore[attr-defined]
    assert _state(world) == ("ready", 1)


def test_what_waited_when_it_was_exported_is_no_upload_that_waits(
    world: World, tmp_path: Path
) -> None:
    waiting = world.bucket.put("help/new.md", SIXTY)
    PostgresDocuments(world.database).admit([waiting.version])
    _import(world, tmp_path, merge=True)
    world.ingest(waiting)
    assert PostgresReconciliation(world.database).longest_wait_s() == 0
    status, reason = world.status("copy/new.md")
    assert (status, "its file" in reason) == ("pending", True)
    world.ingest(world.bucket.put("copy/new.md", SIXTY))
    assert world.status("copy/new.md") == ("ready", "")


def test_an_import_into_an_index_that_no_longer_answers_begins_anew(
    world: World, ports: ReindexPorts, indexes: PostgresReindex
) -> None:
    world.ingest(world.bucket.put(COPIED, THIRTY))
    importing = Importing(world.database, world.bucket).ports.knowledge_bases
    prepared = importing.prepare(COPY, FORM, merge=True)
    begin(COPY, SHORT_CHUNKS, ports)
    world.ingest(world.bucket.put(COPIED, SIXTY))
    indexes.switch(next(index for index, active in indexes.all_of(COPY) if not active))
    with (
        pytest.raises(UnprocessableError, match="changed meanwhile"),
        importing.all_or_nothing(COPY, prepared.index, merge=True),
    ):
        pass
