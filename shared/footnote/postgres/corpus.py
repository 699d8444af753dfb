"""Every chunk of an index, as it was embedded, for another model to embed once more."""

from collections.abc import Iterator
from typing import Any, cast

from footnote.domain.chunk import EmbeddedChunk, content_hash, in_context
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries
from footnote.postgres.search_indexes import ensure_model

_PAGE = 1000


class PostgresCorpus:
    """Reads an index page by page: uploads go on meanwhile."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("corpus.sql")

    def model_id(self, form: IndexForm) -> int:
        """The number under which the embeddings of a model are kept."""
        with self._database.transaction() as connection:
            return ensure_model(connection, form)

    def count(self, index: SearchIndex) -> int:
        """How many chunks it has."""
        with self._database.transaction() as connection:
            (row,) = connection.execute(self._sql["count"], _named(index)).fetchall()
        return cast("int", row["chunks"])

    def pages(self, index: SearchIndex) -> Iterator[list[EmbeddedChunk]]:
        """Its chunks by their number, some at a time."""
        after = 0
        while True:
            parameters = _named(index) | {"after": after, "limit": _PAGE}
            with self._database.transaction() as connection:
                rows = connection.execute(self._sql["page"], parameters).fetchall()
            if not rows:
                return
            yield [_chunk(row) for row in rows]
            after = cast("int", rows[-1]["chunk_id"])


def _chunk(row: dict[str, Any]) -> EmbeddedChunk:
    return EmbeddedChunk(
        chunk_id=row["chunk_id"],
        key=row["key"],
        hashed=row["content_hash"],
        text=_embedded_text(row),
    )


def _embedded_text(row: dict[str, Any]) -> str:
    """A document without a title is shown by its file's name, which is not embedded."""
    named = in_context((row["title"], *row["heading_path"]), row["text"])
    if content_hash(named) == row["content_hash"]:
        return named
    return in_context(row["heading_path"], row["text"])


def _named(index: SearchIndex) -> dict[str, Any]:
    return {"kb": index.kb, "index_id": index.index_id}
