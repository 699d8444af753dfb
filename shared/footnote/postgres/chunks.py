"""Chunks in Postgres, as questions are generated from them."""

from typing import Any, cast

from footnote.domain.document import DocumentId, KnowledgeBaseId, knowledge_base_in
from footnote.evaluation.sampling import SampledDocument
from footnote.postgres.connection import Database, Step
from footnote.postgres.queries import load_queries


class PostgresChunks:
    """The chunks of the index that answers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("chunks.sql")

    def sampled(self, kb: KnowledgeBaseId) -> list[SampledDocument]:
        """Every document that readers can see, in the order of its key."""
        return [
            SampledDocument(
                document_id=row["document_id"],
                name=row["key"].partition("/")[2],
                title=row["title"],
                chunks=row["chunks"],
            )
            for row in self._rows(kb, "documents", {})
        ]

    def text(self, document_id: str, ordinal: int) -> tuple[tuple[str, ...], str] | None:
        """The heading path and the text of a chunk; None where it is gone."""
        kb = knowledge_base_in(cast("DocumentId", document_id))
        rows = self._rows(kb, "text", {"document_id": document_id, "ordinal": ordinal})
        return (tuple(rows[0]["heading_path"]), rows[0]["text"]) if rows else None

    def holds(self, kb: KnowledgeBaseId, words: str) -> bool:
        """Whether any chunk holds these words, as they stand and in any case."""
        return bool(self._rows(kb, "holds", {"words": words})[0]["held"])

    def _rows(
        self, kb: KnowledgeBaseId, query: str, parameters: dict[str, object]
    ) -> list[dict[str, Any]]:
        step = Step(statement=self._sql[query], parameters={"kb": kb} | parameters)
        (rows,) = self._database.run_within(kb, step)
        return rows
