"""A knowledge base filled in bulk: the rows that ingestion would write, indexed at the end."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import psycopg
from pgvector.psycopg import register_vector
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from benchmarks.search.corpus import MadeDocument, documents_with, made_document
from benchmarks.search.pool import Pool, read_pool
from footnote.bootstrap import index_form
from footnote.domain.chunk import content_hash, contextual_text
from footnote.domain.document import KnowledgeBaseId, document_id_of
from footnote.domain.generation import IndexedDocument
from footnote.domain.search_index import SearchIndex
from footnote.postgres.connection import Connection, Database
from footnote.postgres.index_rows import (
    CHUNK_TYPES,
    SEARCH_TYPES,
    chunk_rows,
    mean_embedding,
    search_rows,
)
from footnote.postgres.migrate import apply_migrations
from footnote.postgres.queries import load_queries, queries_of
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.postgres.vector_index import ensure_vector_index
from footnote.retrieval.languages import language_of

KB = KnowledgeBaseId("bench")
_HERE = Path(__file__).parent
BENCH_SQL = queries_of((_HERE / "queries.sql").read_text())
_TOGETHER = 100
_WORKERS = 2
_DOCUMENT_TYPES = ["text", "text", "text", "text", "text", "timestamptz", "text", "int8", "text"]
_DOCUMENT_TYPES += ["text", "jsonb", "timestamptz"]
_INDEXED_TYPES = ["text", "int8", "text", "bytea", "int4", "halfvec"]
_WHEN = datetime(2026, 11, 25, tzinfo=UTC)

# Told of a step, how much of it is done, and of how much.
type Done = Callable[[str, int, int], None]


def fill(url: str, chunks: int, pool_size: int, texts: Path, done: Done) -> None:
    """Fill a database with so many chunks; what an earlier run has written stays."""
    read_pool(pool_size, texts, lambda *counts: done("embedding the text", *counts))
    apply_migrations(url, index_form())
    index = _index(url)
    documents = documents_with(chunks)
    with connected(url) as connection:
        if connection.execute(BENCH_SQL["is_filled"]).fetchone() is not None:
            return
        connection.execute(BENCH_SQL["put_off_indexes"])
    starts = range(0, len(documents), _TOGETHER)
    context = get_context("spawn")
    arguments = (url, index, pool_size, texts)
    with ProcessPoolExecutor(_WORKERS, context, _prepare, arguments) as workers:
        written = [workers.submit(_write_batch, documents[start:][:_TOGETHER]) for start in starts]
        for count, batch in enumerate(as_completed(written), start=1):
            batch.result()
            done("writing documents", count, len(starts))
    _finish(url, done)


def fill_peers(url: str, done: Done) -> None:
    """The same chunks once more, as the frameworks keep them."""
    with connected(url) as connection:
        done("table of the peers", 0, 2)
        if connection.execute(BENCH_SQL["has_peer_table"]).fetchone() is None:
            with connection.transaction():
                connection.execute(BENCH_SQL["make_peer_table"])
        connection.execute(BENCH_SQL["memory_for_building"])
        done("the peers' index of vectors", 1, 2)
        connection.execute(BENCH_SQL["index_peer_vectors"])
        connection.execute("vacuum analyze haystack_documents")
        done("the peers' index of vectors", 2, 2)


def fill_bits(url: str, done: Done) -> None:
    """An index of bits beside that of floats."""
    with connected(url) as connection:
        connection.execute(BENCH_SQL["memory_for_building"])
        done("the index of bits", 0, 1)
        ensure_vector_index(connection, index_form(), quantized=True)
        done("the index of bits", 1, 1)


def sizes_mb(url: str) -> dict[str, float]:
    """How large tables and indexes are."""
    with connected(url) as connection:
        rows = connection.execute(BENCH_SQL["sizes"]).fetchall()
    return {str(row["relname"]): round(float(str(row["bytes"])) / 1e6, 1) for row in rows}


def _index(url: str) -> SearchIndex:
    database = Database(url)
    with database.transaction() as connection:
        connection.execute(
            "insert into knowledge_base (kb, indexed_until) values (%s, %s) on conflict do nothing",
            [KB, _WHEN],
        )
    (index,) = PostgresSearchIndexes(database, index_form()).current(KB)
    database.close()
    return index


def connected(url: str) -> Connection:
    """A connection outside of any transaction that knows vectors."""
    connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)
    register_vector(connection)
    return connection


class _Writer:
    """Writes documents, a batch in one transaction."""

    def __init__(self, url: str, index: SearchIndex, pool: Pool) -> None:
        self._connection = connected(url)
        self._connection.execute(BENCH_SQL["unchecked"])
        self._index = index
        self._pool = pool
        self._sql = load_queries("index.sql")

    def write(self, numbers: Sequence[int]) -> None:
        """Write some documents, unless that was done."""
        made = [made_document(self._pool, number) for number in numbers]
        first = {"kb": KB, "document_id": _place(self._index, made[0])["document_id"]}
        with self._connection.transaction():
            (row,) = self._connection.execute(BENCH_SQL["is_written"], first)
            if not row["written"]:
                self._write(made)

    def _write(self, made: Sequence[MadeDocument]) -> None:
        parts = [(_place(self._index, one), indexed(self._index, one), one) for one in made]
        wholes = [
            (
                KB,
                self._index.index_id,
                place["document_id"],
                part.fingerprint(),
                len(part.chunks),
                mean_embedding(part),
            )
            for place, part, _ in parts
        ]
        self._copy(BENCH_SQL["copy_documents"], _DOCUMENT_TYPES, map(_document_row, made))
        self._copy(BENCH_SQL["copy_indexed_documents"], _INDEXED_TYPES, wholes)
        texts: list[tuple[object, ...]] = []
        searched: list[tuple[object, ...]] = []
        spoken: set[str] = set()
        for place, part, _ in parts:
            reserved = self._connection.execute(
                self._sql["reserve_chunk_ids"], {"count": len(part.chunks)}
            )
            ids = [int(str(row["chunk_id"])) for row in reserved]
            languages = [language_of(chunk.text) for chunk in part.chunks]
            spoken.update(languages)
            texts.extend(chunk_rows(place, ids, part))
            searched.extend(search_rows(place, ids, part, languages, Counter()))
        self._copy(self._sql["copy_chunks"], CHUNK_TYPES, texts)
        self._copy(self._sql["copy_chunk_search"], SEARCH_TYPES, searched)
        growth = {"kb": KB, "index_id": self._index.index_id, "change": len(texts)}
        self._connection.execute(self._sql["grow_index"], {**growth, "languages": sorted(spoken)})

    def _copy(self, statement: str, types: list[str], rows: Iterable[tuple[object, ...]]) -> None:
        with self._connection.cursor().copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)


_writers: list[_Writer] = []


def _prepare(url: str, index: SearchIndex, pool_size: int, texts: Path) -> None:
    _writers.append(_Writer(url, index, read_pool(pool_size, texts)))


def _write_batch(numbers: Sequence[int]) -> None:
    _writers[0].write(numbers)


def _key(made: MadeDocument) -> str:
    return f"{KB}/{made.number}.md"


def _place(index: SearchIndex, made: MadeDocument) -> dict[str, object]:
    document_id = document_id_of(_key(made))
    return {"kb": KB, "index_id": index.index_id, "document_id": document_id}


def indexed(index: SearchIndex, made: MadeDocument) -> IndexedDocument:
    """A made document as ingestion would hand it on."""
    hashes = tuple(content_hash(contextual_text(made.title, chunk)) for chunk in made.chunks)
    return IndexedDocument(
        index=index,
        names=(made.title,),
        chunks=made.chunks,
        hashes=hashes,
        embeddings={
            hashed: vector.tolist() for hashed, vector in zip(hashes, made.vectors, strict=True)
        },
    )


def attributes_of(number: int) -> dict[str, object]:
    """What a filter can ask for: a tenth, a hundredth, a thousandth of the documents."""
    return {"of_10": number % 10, "of_100": number % 100, "of_1000": number % 1000}


def _document_row(made: MadeDocument) -> tuple[object, ...]:
    key, attributes = _key(made), Jsonb(attributes_of(made.number))
    where = (KB, document_id_of(key), key, "1", "v1", _WHEN)
    return (*where, "ready", 1, "v1", made.title, attributes, _WHEN)


def _finish(url: str, done: Done) -> None:
    steps = list(_steps())
    with connected(url) as connection:
        for number, (name, run) in enumerate(steps):
            done(name, number, len(steps))
            run(connection)
        done(name, len(steps), len(steps))


def _steps() -> Iterator[tuple[str, Callable[[Connection], object]]]:
    yield "memory for building", lambda c: c.execute(BENCH_SQL["memory_for_building"])
    yield "counting terms", lambda c: c.execute(BENCH_SQL["count_terms"], {"kb": KB})
    yield "index of terms", lambda c: c.execute(BENCH_SQL["index_terms"])
    yield "index of vectors", lambda c: ensure_vector_index(c, index_form())
    yield "vacuum", lambda c: c.execute("vacuum analyze")
    yield "done", lambda c: c.execute(BENCH_SQL["mark_filled"])
