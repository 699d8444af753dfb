"""Indexes in Postgres that are built, switched to and dropped."""

from dataclasses import dataclass
from typing import cast

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError, UnprocessableError
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.postgres.connection import Connection, Database
from footnote.postgres.queries import load_queries
from footnote.postgres.search_indexes import PostgresSearchIndexes, add_index
from footnote.postgres.vector_index import ensure_vector_index, quantize

_DROPPED_TOGETHER = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """How far an index is: documents that it holds, of those that the active one holds."""

    done: int
    total: int


class PostgresReindex:
    """Adds an index to a knowledge base, and takes one away."""

    def __init__(self, database: Database, indexes: PostgresSearchIndexes) -> None:
        self._database = database
        self._indexes = indexes
        self._sql = load_queries("reindex.sql")
        self._index_sql = load_queries("search_indexes.sql")

    def begin(self, kb: KnowledgeBaseId, form: IndexForm) -> SearchIndex:
        """The index of this form, added where there is none; building goes on where it was.

        Raises:
            NotFoundError: nothing was ever ingested into the knowledge base.
            UnprocessableError: another index is being built, or kept to switch back to, or
                nothing is ready to be indexed.
        """
        with self._database.transaction() as connection:
            self._check(connection, kb, form)
            self._check_filled(connection, kb)
        # Before the first vector of its model is written: building it then takes no time.
        with self._database.autocommit() as connection:
            ensure_vector_index(connection, form)
        with self._database.transaction() as connection:
            if not self._check(connection, kb, form):
                add_index(connection, kb, form)
            found = self._indexes.all_of(connection, kb)
        return next(index for index, _ in found if index.form == form)

    def _check(self, connection: Connection, kb: KnowledgeBaseId, form: IndexForm) -> bool:
        """Whether there is such an index already; else whether there may be one."""
        locked = connection.execute(self._index_sql["lock_knowledge_base"], {"kb": kb}).fetchone()
        if locked is None or locked["active_index"] is None:
            message = f"no document of a knowledge base {kb} was ever ingested"
            raise NotFoundError(message)
        known = self._indexes.all_of(connection, kb)
        if any(index.form == form for index, _ in known):
            return True
        if len(known) > 1:
            message = f"{kb} has a second index already; drop it first, or go on with it"
            raise UnprocessableError(message)
        return False

    def _check_filled(self, connection: Connection, kb: KnowledgeBaseId) -> None:
        if not self._count(connection, {"kb": kb, "index_id": None}).total:
            message = (
                f"no document of {kb} is ready, so there is nothing to index;"
                f" `footnote status -k {kb}` tells where they are"
            )
            raise UnprocessableError(message)

    def check_files(self, kb: KnowledgeBaseId) -> None:
        """That the files of all that the active index holds were read here.

        Raises:
            UnprocessableError: some of it was imported, and may not have a file.
        """
        with self._database.transaction() as connection:
            (row,) = connection.execute(self._sql["count_unseen"], {"kb": kb}).fetchall()
        if row["documents"]:
            message = (
                f"documents of {kb} that were imported, and whose files were never read here:"
                f" {row['documents']}. Another index is made from the files: copy those that are"
                f" missing into the bucket, then `footnote reconcile -k {kb}` has them read"
            )
            raise UnprocessableError(message)

    def missing(self, index: SearchIndex, limit: int) -> list[str]:
        """Keys of documents that the active index holds and this one does not, but may."""
        parameters = {"kb": index.kb, "index_id": index.index_id, "limit": limit}
        with self._database.transaction() as connection:
            rows = connection.execute(self._sql["missing_documents"], parameters)
            return [cast("str", row["key"]) for row in rows]

    def progress(self, index: SearchIndex) -> Built:
        """How far an index is."""
        parameters: dict[str, object] = {"kb": index.kb, "index_id": index.index_id}
        with self._database.transaction() as connection:
            return self._count(connection, parameters)

    def _count(self, connection: Connection, parameters: dict[str, object]) -> Built:
        (row,) = connection.execute(self._sql["count_documents"], parameters).fetchall()
        return Built(done=cast("int", row["done"]), total=cast("int", row["total"]))

    def all_of(self, kb: KnowledgeBaseId) -> list[tuple[SearchIndex, bool]]:
        """Every index of a knowledge base, and whether questions are answered from it."""
        with self._database.transaction() as connection:
            return self._indexes.all_of(connection, kb)

    def switch(self, index: SearchIndex) -> None:
        """Answer questions from this index from now on.

        Raises:
            UnprocessableError: it lacks documents that the active one holds.
        """
        parameters: dict[str, object] = {"kb": index.kb, "index_id": index.index_id}
        with self._database.transaction() as connection:
            # No document is published between the count and the switch.
            connection.execute(self._index_sql["lock_knowledge_base"], parameters)
            built = self._count(connection, parameters)
            if built.done < built.total:
                message = (
                    f"the index holds {built.done} of {built.total} documents: finish it first,"
                    f" by --embedding-model {index.form.model}"
                )
                raise UnprocessableError(message)
            connection.execute(self._index_sql["switch_index"], parameters)

    def quantize(self, index: SearchIndex, *, quantized: bool) -> None:
        """Have the HNSW index of this index's model hold bits, or floats again."""
        with self._database.autocommit() as connection:
            quantize(connection, index.form, quantized=quantized)

    def drop(self, index: SearchIndex) -> None:
        """Take an index away that does not answer; it stops being kept up to date at once."""
        parameters = {"kb": index.kb, "index_id": index.index_id, "limit": _DROPPED_TOGETHER}
        removed = 1
        while removed:
            with self._database.transaction() as connection:
                removed = connection.execute(self._sql["drop_chunks"], parameters).rowcount
        with self._database.transaction() as connection:
            connection.execute(self._index_sql["lock_knowledge_base"], {"kb": index.kb})
            connection.execute(self._sql["drop_index"], parameters)
