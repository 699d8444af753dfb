"""`make bench-search` in small: it fills as ingestion does, and measures what it says."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from benchmarks.search.arms import Arm, Footnote, RawSql, ef_search_of
from benchmarks.search.corpus import documents_with, made_document
from benchmarks.search.filling import KB, attributes_of, fill, indexed
from benchmarks.search.measuring import SHARES, measure
from benchmarks.search.pool import Pool, read_pool
from benchmarks.search.questions import questions
from benchmarks.search.report import as_rows

from footnote.bootstrap import index_form
from footnote.domain.document import DocumentStatus, ObjectVersion
from footnote.domain.generation import Generation
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.index import PostgresIndex
from footnote.postgres.migrate import apply_migrations
from footnote.postgres.search_indexes import PostgresSearchIndexes

pytestmark = pytest.mark.integration
CHUNKS = 300
PARAGRAPHS = 120
# Each as text, so that the order of rows and the numbers of chunks do not count.
TABLES = {
    "terms": "select term, chunks from term_frequency order by term",
    "chunks": "select c.document_id, c.ordinal, c.text, c.heading_path, c.content_hash, s.terms,"
    " s.lexical::text, s.embedding::text from chunk c join chunk_search s using (kb, chunk_id)"
    " order by 1, 2",
    "wholes": "select document_id, fingerprint, chunks, embedding::text from indexed_document"
    " order by 1",
    "documents": "select document_id, key, status, title, attributes, indexed_version_id"
    " from document order by 1",
    "index": "select chunks, languages from search_index",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    url: str
    pool: Pool
    folder: Path


@pytest.fixture(scope="module")
def filled(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    folder = tmp_path_factory.mktemp("text")
    fill(shared_database_url, CHUNKS, PARAGRAPHS, folder, lambda *_: None)
    pool = read_pool(PARAGRAPHS, folder)
    return Filled(url=shared_database_url, pool=pool, folder=folder)


def rows(url: str) -> dict[str, list[dict[str, object]]]:
    database = Database(url, connections=1)
    with database.transaction() as connection:
        found = {name: connection.execute(text).fetchall() for name, text in TABLES.items()}
    database.close()
    return found


def published(url: str, pool: Pool) -> None:
    database = Database(url, connections=1)
    for number in documents_with(CHUNKS):
        made = made_document(pool, number)
        version = ObjectVersion(
            bucket="b",
            key=f"{KB}/{number}.md",
            sequencer="1",
            version_id="v1",
            event_time=datetime(2026, 11, 25, tzinfo=UTC),
        )
        claim = PostgresDocuments(database).claim(version)
        (index,) = PostgresSearchIndexes(database, index_form()).current(KB)
        generation = Generation(
            status=DocumentStatus.READY,
            version_id="v1",
            title=made.title,
            attributes=attributes_of(number),
            indexed=(indexed(index, made),),
        )
        assert PostgresIndex(database).publish(version, claim, generation)
    database.close()


def test_the_rows_are_those_that_ingestion_writes(filled: Filled, empty_database_url: str) -> None:
    apply_migrations(empty_database_url, index_form())
    published(empty_database_url, filled.pool)
    found, expected = rows(filled.url), rows(empty_database_url)
    assert len(found["chunks"]) >= CHUNKS
    for name in TABLES:
        assert found[name] == expected[name], name


def test_filling_goes_on_where_it_was_and_is_done_once(filled: Filled) -> None:
    before = rows(filled.url)
    fill(filled.url, CHUNKS, PARAGRAPHS, filled.folder, lambda *_: None)
    assert rows(filled.url) == before


def test_every_arm_is_asked_every_question(filled: Filled) -> None:
    arms: list[Arm] = [Footnote(filled.url), RawSql(filled.url)]
    asked = questions(filled.pool, 6)
    for share in SHARES:
        ours, raw = as_rows(measure(arms, asked, share, rounds=2))
        assert ours["questions"] == raw["questions"] == 6
        assert ours["recall_at_10"] == 1.0
        assert raw["by_raw"] == 1.0
    for arm in arms:
        arm.close()


def test_a_larger_index_is_searched_more_widely_by_all(filled: Filled) -> None:
    database = Database(filled.url, connections=1)
    known = int(str(rows(filled.url)["index"][0]["chunks"]))
    widths = []
    for chunks in (10_000_000, 1_000_000, 200_000, known):
        with database.transaction() as connection:
            connection.execute("update search_index set chunks = %s", [chunks])
        widths.append(ef_search_of(filled.url))
    database.close()
    assert widths == [1000, 977, 317, 120]


def test_made_documents_are_the_same_in_every_run(filled: Filled) -> None:
    one, other = made_document(filled.pool, 7), made_document(filled.pool, 7)
    assert one.chunks == other.chunks
    assert (one.vectors == other.vectors).all()
    assert made_document(filled.pool, 8).chunks != one.chunks
