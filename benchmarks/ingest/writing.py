"""Chunk rows written by the publishing transaction, beside a bare binary COPY of the same rows."""

import random
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from footnote.domain.chunk import Chunk, content_hash
from footnote.domain.document import DocumentStatus, KnowledgeBaseId, ObjectVersion
from footnote.domain.generation import Generation, IndexedDocument
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.local.database import start_postgres
from footnote.local.workspace import Workspace
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments
from footnote.postgres.index import PostgresIndex
from footnote.postgres.migrate import apply_migrations
from footnote.postgres.search_indexes import PostgresSearchIndexes

_FORM = IndexForm(model="bench", dimension=384)
_KB = KnowledgeBaseId("bench")
_TABLES = ("chunk", "chunk_search")


def rows_per_second(documents: int, chunks: int) -> tuple[float, float]:
    """Chunks per second by publishing whole documents, and by COPY of the very rows they made.

    COPY goes into empty tables with the same columns, constraints and indexes; both rows of a
    chunk are counted as one.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        workspace = Workspace(root=Path(folder))
        workspace.logs.mkdir()
        postgres = start_postgres(workspace)
        try:
            apply_migrations(postgres.url, _FORM)
            published = documents * chunks / _publish(postgres.url, documents, chunks)
            return published, documents * chunks / _copy(postgres.url)
        finally:
            postgres.program.stop()


def _publish(url: str, documents: int, chunks: int) -> float:
    database = Database(url)
    known, index = PostgresDocuments(database), PostgresIndex(database)
    began = 0.0
    for number in range(documents + 1):
        version = ObjectVersion(
            bucket="b",
            key=f"bench/{number}.md",
            sequencer="1",
            version_id="v",
            event_time=datetime.now(UTC),
        )
        claim = known.claim(version)
        (target,) = PostgresSearchIndexes(database, _FORM).current(_KB)
        generation = Generation(
            status=DocumentStatus.READY, indexed=(_document(target, number, chunks),)
        )
        made = time.perf_counter()
        index.publish(version, claim, generation)
        began += time.perf_counter() - made if number else 0.0  # the first opens the connection
    database.close()
    return began


def _document(index: SearchIndex, number: int, chunks: int) -> IndexedDocument:
    source = random.Random(number)  # noqa: S311 - the same rows in every run
    texts = [
        " ".join(f"word{int(source.expovariate(0.002))}" for _ in range(150)) for _ in range(chunks)
    ]
    hashes = tuple(content_hash(text) for text in texts)
    vectors = [[source.gauss(0, 0.05) for _ in range(384)] for _ in texts]
    return IndexedDocument(
        index=index,
        names=(f"document {number}",),
        chunks=tuple(
            Chunk(ordinal=n, text=text, heading_path=(), page=None, start=0, end=len(text))
            for n, text in enumerate(texts)
        ),
        hashes=hashes,
        embeddings=dict(zip(hashes, vectors, strict=True)),
    )


def _copy(url: str) -> float:
    """Seconds for sending the rows of both tables again, into tables of the same form."""
    seconds = 0.0
    with psycopg.connect(url) as connection:
        for table in _TABLES:
            source, target = sql.Identifier(table), sql.Identifier(f"{table}_copied")
            making = sql.SQL("create table {} (like {} including all)")
            connection.execute(making.format(target, source))
            with connection.cursor().copy(
                sql.SQL("copy (select * from {}) to stdout (format binary)").format(source)
            ) as copy:
                data = b"".join(copy)
            connection.commit()
            began = time.perf_counter()
            with connection.cursor().copy(
                sql.SQL("copy {} from stdin (format binary)").format(target)
            ) as copy:
                copy.write(data)
            connection.commit()
            seconds += time.perf_counter() - began
    return seconds
