"""A knowledge base as the lines of an export, read in one snapshot and page by page."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, LiteralString, cast

from pgvector import HalfVector

from footnote.domain.chunk import Chunk, content_hash, contextual_text
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError
from footnote.postgres.connection import Connection, Database
from footnote.postgres.queries import load_queries
from footnote.transfer.line import encode_vector
from footnote.transfer.lines import FORMAT, VERSION

type Record = dict[str, Any]

_PAGE = 200
_FIRST = "00000000-0000-0000-0000-000000000000"
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


class PostgresExport:
    """Reads everything of one knowledge base."""

    def __init__(self, database: Database, *, page: int = _PAGE) -> None:
        self._database = database
        self._page = page
        self._sql = load_queries("export.sql")

    def lines(
        self, kb: KnowledgeBaseId, header: Mapping[str, object], asked_after: datetime | None
    ) -> Iterator[Record]:
        """Every line but the last; questions that are older are left out, all of them by None.

        Nobody waits for this, and nothing that is written meanwhile is in it.

        Raises:
            NotFoundError: there is no such knowledge base.
            DatabaseUnavailableError: Postgres cannot be reached.
        """
        with self._database.transaction() as connection:
            connection.execute(self._sql["one_snapshot"])
            yield from _Snapshot(connection, self._sql, self._page, kb, asked_after).lines(header)


class _Snapshot:
    """One transaction that reads."""

    def __init__(
        self,
        connection: Connection,
        sql: Mapping[str, LiteralString],
        page: int,
        kb: KnowledgeBaseId,
        asked_after: datetime | None,
    ) -> None:
        self._connection = connection
        self._sql = sql
        self._page = page
        self._kb = kb
        self._with_questions = asked_after is not None
        self._named: Record = {
            "kb": kb,
            "index_id": None,
            "limit": page,
            "with_questions": self._with_questions,
            "asked_after": asked_after or _BEFORE_ALL,
        }

    def lines(self, header: Mapping[str, object]) -> Iterator[Record]:
        totals = next(self._rows("totals"), None)
        if totals is None:
            message = f"there is no knowledge base {self._kb}"
            raise NotFoundError(message)
        self._named["index_id"] = totals.pop("index_id")
        first = {"kind": "header", "format": FORMAT, "version": VERSION, "knowledge_base": self._kb}
        yield {**first, **header, **totals}
        for kind in ("settings", "index", "adapter", "route", "key", "classifier"):
            yield from self._every(kind)
        yield from self._documents()
        yield from self._every("golden")
        if self._with_questions:
            yield from self._questions()
            yield from self._every("cluster")
        yield from self._every("past_questions")
        yield from self._every("past_calls")

    def _every(self, kind: str) -> Iterator[Record]:
        for row in self._rows(kind):
            yield {"kind": kind, **_vectors_packed(row)}

    def _documents(self) -> Iterator[Record]:
        after = ""
        while True:
            rows = list(self._rows("document", after=after))
            for row in rows:
                document_id, chunks = row.pop("document_id"), row["chunks"]
                yield {"kind": "document", **_vectors_packed(_with_named(row))}
                if chunks:
                    yield from self._chunks(document_id)
            if len(rows) < self._page:
                return
            after = rows[-1]["key"]

    def _chunks(self, document_id: str) -> Iterator[Record]:
        after = -1
        while True:
            rows = list(self._rows("chunk", document_id=document_id, after=after))
            for row in rows:
                yield {"kind": "chunk", **_vectors_packed(row)}
            if len(rows) < self._page:
                return
            after = rows[-1]["ordinal"]

    def _questions(self) -> Iterator[Record]:
        after, after_id = self._named["asked_after"], _FIRST
        while True:
            rows = list(self._rows("question", after=after, after_id=after_id))
            for row in rows:
                yield {"kind": "question", **_vectors_packed(row)}
            if len(rows) < self._page:
                return
            after, after_id = rows[-1]["asked_at"], rows[-1]["question_id"]

    def _rows(self, statement: str, **more: object) -> Iterator[Record]:
        cursor = self._connection.execute(self._sql[statement], self._named | more)
        return cast("Iterator[Record]", iter(cursor.fetchall()))


def _vectors_packed(row: Record) -> Record:
    vector = row.get("embedding")
    if isinstance(vector, HalfVector):
        return row | {"embedding": encode_vector(vector.to_list())}
    return row


def _with_named(row: Record) -> Record:
    """Says whether the title is the document's own: a file's name is told, but not embedded."""
    hashed, text, path = (row.pop(f"first_{name}") for name in ("hash", "text", "path"))
    own = row["title"] != row["key"].rsplit("/", 1)[-1]
    if hashed is not None and not own:
        chunk = Chunk(
            ordinal=0, text=text, heading_path=tuple(path), page=None, start=0, end=len(text)
        )
        own = content_hash(contextual_text(row["title"], chunk)) == hashed
    return row | {"named": own and row["title"] is not None}
