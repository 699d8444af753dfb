"""Query adapters in Postgres, and what they are learned from."""

import json
from array import array
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError
from footnote.domain.query_adapter import KeptAdapter, LearnedAdapter
from footnote.domain.search_index import SearchIndex
from footnote.embedding.query_adapter import QueryAdapter, rows_of
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries

_FLOAT_BYTES = 4


class PostgresQueryAdapters:
    """Keeps adapters, and says which is in force for an index."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("query_adapters.sql")

    def read(self, kb: KnowledgeBaseId, number: int) -> QueryAdapter | None:
        """One adapter, to apply; none where it went with its index.

        Raises:
            SettingsError: it is damaged.
        """
        named = {"kb": kb, "adapter_id": number}
        rows = self._database.rows_within(kb, self._sql["read"], named)
        if not rows:
            return None
        directions, down, up = rows[0]["directions"], bytes(rows[0]["down"]), bytes(rows[0]["up"])
        return QueryAdapter(
            rows_of(down, len(down) // (directions * _FLOAT_BYTES)), rows_of(up, directions)
        )

    def promote(self, index: SearchIndex, learned: LearnedAdapter) -> int:
        """Keep an adapter and put it in force, from the next question on; tells its number.

        Raises:
            NotFoundError: the index was dropped meanwhile.
        """
        values = asdict(learned) | {"figures": json.dumps(dict(learned.figures))}
        with self._database.transaction() as connection:
            row = connection.execute(self._sql["promote"], _named(index) | values).fetchone()
            if row is None:
                message = f"index {index.index_id} of {index.kb} was dropped meanwhile"
                raise NotFoundError(message)
            number = cast("int", row["adapter_id"])
            connection.execute(self._sql["put_in_force"], _named(index) | {"adapter_id": number})
        return number

    def roll_back(self, index: SearchIndex) -> int | None:
        """Put in force what the adapter took the place of; None where questions go as they are.

        Raises:
            NotFoundError: no adapter is in force.
        """
        rows = self._rows("roll_back", _named(index))
        if not rows:
            message = f"no adapter is in force in {index.kb}, so there is nothing to take back"
            raise NotFoundError(message)
        return cast("int | None", rows[0]["adapter_id"])

    def reset(self, index: SearchIndex) -> None:
        """Have questions go as they are; adapters stay to be listed."""
        with self._database.transaction() as connection:
            connection.execute(self._sql["put_in_force"], _named(index) | {"adapter_id": None})

    def all_of(self, kb: KnowledgeBaseId) -> list[KeptAdapter]:
        """Every adapter of a knowledge base, the oldest first."""
        rows = self._rows("list", {"kb": kb})
        return [
            KeptAdapter(number=row.pop("adapter_id"), **row | {"active": bool(row["active"])})
            for row in rows
        ]

    def chunks_of(self, index: SearchIndex, keys: Sequence[str]) -> list[tuple[int, str, str]]:
        """Number, document and text of every chunk of these documents."""
        rows = self._rows("chunks_of", _named(index) | {"keys": list(keys)})
        return [(row["chunk_id"], row["key"], row["text"]) for row in rows]

    def embeddings(self, index: SearchIndex, chunks: Sequence[int]) -> dict[int, "array[float]"]:
        """Those of these chunks, as far as they are still there."""
        rows = self._rows("embeddings", _named(index) | {"chunks": list(chunks)})
        return {row["chunk_id"]: array("f", row["embedding"].to_list()) for row in rows}

    def document_embeddings(
        self, index: SearchIndex, keys: Sequence[str]
    ) -> dict[str, "array[float]"]:
        """Those of whole documents."""
        rows = self._rows("document_embeddings", _named(index) | {"keys": list(keys)})
        return {row["key"]: array("f", row["embedding"].to_list()) for row in rows}

    def _rows(self, statement: str, parameters: dict[str, object]) -> list[dict[str, Any]]:
        with self._database.transaction() as connection:
            return connection.execute(self._sql[statement], parameters).fetchall()


def _named(index: SearchIndex) -> dict[str, object]:
    return {"kb": index.kb, "index_id": index.index_id}
