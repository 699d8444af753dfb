"""Search indexes in Postgres: which a knowledge base has, and which answers its questions."""

from typing import Any, cast

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import SettingsError
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.postgres.connection import Connection, Database
from footnote.postgres.queries import load_queries


class PostgresSearchIndexes:
    """The indexes of each knowledge base; the first is made as `default` says."""

    def __init__(self, database: Database, default: IndexForm) -> None:
        self._database = database
        self._default = default
        self._sql = load_queries("search_indexes.sql")

    def active(self, kb: KnowledgeBaseId) -> SearchIndex:
        """The index that questions are answered from; an empty one where there is none yet."""
        empty = SearchIndex(kb=kb, index_id=0, model_id=0, form=self._default)
        rows = self._database.rows_within(kb, self._sql["list_indexes"], {"kb": kb})
        return next((_index(kb, row) for row in rows if row["active"]), empty)

    def current(self, kb: KnowledgeBaseId) -> tuple[SearchIndex, ...]:
        """All that are kept up to date, the active one first; the knowledge base must be known."""
        with self._database.transaction() as connection:
            found = self.all_of(connection, kb)
            if not found:
                self._add_first(connection, kb)
                found = self.all_of(connection, kb)
        return tuple(index for index, active in sorted(found, key=lambda pair: not pair[1]))

    def all_of(self, connection: Connection, kb: KnowledgeBaseId) -> list[tuple[SearchIndex, bool]]:
        """Every index of a knowledge base, and whether it is the active one."""
        rows = connection.execute(self._sql["list_indexes"], {"kb": kb})
        return [(_index(kb, row), bool(row["active"])) for row in rows]

    def _add_first(self, connection: Connection, kb: KnowledgeBaseId) -> None:
        locked = connection.execute(self._sql["lock_knowledge_base"], {"kb": kb}).fetchone()
        if locked and locked["active_index"] is None:
            index_id = add_index(connection, kb, self._default)
            connection.execute(self._sql["switch_index"], {"kb": kb, "index_id": index_id})


def add_index(connection: Connection, kb: KnowledgeBaseId, form: IndexForm) -> int:
    """Add an index to a knowledge base whose row is locked, and return its id."""
    sql = load_queries("search_indexes.sql")
    model_id = ensure_model(connection, form)
    parameters = {"kb": kb, "chunk_chars": form.chunk_chars, "model_id": model_id}
    (row,) = connection.execute(sql["add_index"], parameters).fetchall()
    return cast("int", row["index_id"])


def ensure_model(connection: Connection, form: IndexForm) -> int:
    """The number of an embedding model, which is made known at its first use.

    Raises:
        SettingsError: the model is known with another dimension.
    """
    parameters = {"model": form.model, "dimension": form.dimension}
    (row,) = connection.execute(
        load_queries("search_indexes.sql")["ensure_model"], parameters
    ).fetchall()
    if row["dimension"] != form.dimension:
        message = f"{form.model} is known with {row['dimension']} floats, not {form.dimension}"
        raise SettingsError(message)
    return cast("int", row["model_id"])


def _index(kb: KnowledgeBaseId, row: dict[str, Any]) -> SearchIndex:
    return SearchIndex(
        kb=kb,
        index_id=row["index_id"],
        model_id=row["model_id"],
        form=IndexForm(
            model=row["model"], dimension=row["dimension"], chunk_chars=row["chunk_chars"]
        ),
        languages=tuple(row["languages"]),
        quantized=row["quantized"],
        adapter=row["adapter_id"],
    )
