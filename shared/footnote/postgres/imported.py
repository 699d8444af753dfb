"""Takes a knowledge base in: an empty one first, then everything in one transaction or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import AlreadyRunningError, UnprocessableError
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.postgres.connection import Connection, Database
from footnote.postgres.imported_rows import ImportedRows
from footnote.postgres.queries import load_queries
from footnote.postgres.search_indexes import PostgresSearchIndexes, add_index
from footnote.postgres.vector_index import ensure_vector_index


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The index to be filled, if the file has one; `made`: whether the knowledge base is new."""

    index: SearchIndex | None
    made: bool


class PostgresImport:
    """What an import does before, during and after its transaction."""

    def __init__(self, database: Database, indexes: PostgresSearchIndexes) -> None:
        self._database = database
        self._indexes = indexes
        self._sql = load_queries("import.sql")

    def prepare(self, kb: KnowledgeBaseId, form: IndexForm | None, *, merge: bool) -> Prepared:
        """Make the knowledge base and the index that is to be filled, where they are not there.

        Both are empty. They are made apart, so that uploads need not wait for the import.

        Raises:
            UnprocessableError: something is in it already, and is not to be added to; or its index
                is made in another way.
        """
        with self._database.transaction() as connection:
            filled = self._is_filled(connection, kb)
        _refuse_filled(kb, filled=filled, merge=merge)
        if form:
            with self._database.autocommit() as connection:
                ensure_vector_index(connection, form)
        with self._database.transaction() as connection:
            made = connection.execute(self._sql["ensure_knowledge_base"], {"kb": kb}).rowcount > 0
            index = self._index(connection, kb, form) if form else None
            return Prepared(index=index, made=made)

    def _index(self, connection: Connection, kb: KnowledgeBaseId, form: IndexForm) -> SearchIndex:
        sql = load_queries("search_indexes.sql")
        connection.execute(sql["lock_knowledge_base"], {"kb": kb})
        active = self._active(connection, kb)
        if active and active.form == form:
            return active
        if active and self._is_filled(connection, kb):
            message = (
                f"{kb} is searched by {active.form.model} with chunks of"
                f" {active.form.chunk_chars} characters, the file by {form.model} with"
                f" {form.chunk_chars}; `footnote reindex -k {kb}` makes both the same"
            )
            raise UnprocessableError(message)
        if active:
            connection.execute(self._sql["answer_from_none"], {"kb": kb})
            connection.execute(self._sql["drop_empty_indexes"], {"kb": kb})
        index_id = add_index(connection, kb, form)
        connection.execute(sql["switch_index"], {"kb": kb, "index_id": index_id})
        return next(index for index, active in self._indexes.all_of(connection, kb) if active)

    def _active(self, connection: Connection, kb: KnowledgeBaseId) -> SearchIndex | None:
        found = self._indexes.all_of(connection, kb)
        return next((index for index, active in found if active), None)

    @contextmanager
    def all_or_nothing(
        self, kb: KnowledgeBaseId, index: SearchIndex | None, *, merge: bool
    ) -> Iterator[ImportedRows]:
        """Where rows are added; readers see all of them at its end, and none before.

        Raises:
            AlreadyRunningError: another import into this knowledge base is under way.
            UnprocessableError: something came into it since `prepare`, its questions are answered
                from another index since, or Postgres refuses a row.
        """
        with self._database.transaction() as connection:
            _hold(connection, kb)
            _refuse_filled(kb, filled=self._is_filled(connection, kb), merge=merge)
            if index:
                self._hold_index(connection, index)
            connection.execute(self._sql["note_imported"])
            yield ImportedRows(connection, kb, index)

    def _hold_index(self, connection: Connection, index: SearchIndex) -> None:
        where = {"kb": index.kb, "index_id": index.index_id}
        if not connection.execute(self._sql["hold_index"], where).rowcount:
            message = (
                f"another index of {index.kb} answers, which changed meanwhile; the same command"
                " begins anew"
            )
            raise UnprocessableError(message)

    def abandon(self, kb: KnowledgeBaseId) -> None:
        """Take the knowledge base away again, if nothing came into it."""
        with self._database.transaction() as connection:
            try:
                _hold(connection, kb)
            except AlreadyRunningError:
                return
            if not self._is_filled(connection, kb):
                for name in ("answer_from_none", "drop_empty_indexes", "remove_knowledge_base"):
                    connection.execute(self._sql[name], {"kb": kb})

    def _is_filled(self, connection: Connection, kb: KnowledgeBaseId) -> bool:
        (row,) = connection.execute(self._sql["is_filled"], {"kb": kb}).fetchall()
        return bool(row["filled"])


def _hold(connection: Connection, kb: KnowledgeBaseId) -> None:
    (row,) = connection.execute(load_queries("import.sql")["try_lock"], {"kb": kb}).fetchall()
    if not row["held"]:
        message = f"another import into {kb} is under way; wait for it"
        raise AlreadyRunningError(message)


def _refuse_filled(kb: KnowledgeBaseId, *, filled: bool, merge: bool) -> None:
    if filled and not merge:
        message = (
            f"there is something in {kb} already: import under another name by --as NAME, or add"
            " what is not there yet by --merge"
        )
        raise UnprocessableError(message)
