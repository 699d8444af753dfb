"""The settings of knowledge bases in Postgres."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.knowledge_base import KnowledgeBaseSettings
from footnote.postgres.connection import Database, Step
from footnote.postgres.queries import load_queries

_REMOVED = (
    *("answer_from_none", "remove_indexes", "remove_documents", "remove_verdicts"),
    *("remove_clusters", "remove_visit", "remove_knowledge_base"),
)


class PostgresKnowledgeBases:
    """Which there are, and what each wants; questions read that with their passages."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("knowledge_bases.sql")

    def every(self) -> list[tuple[KnowledgeBaseId, datetime]]:
        """Their names in order, and since when each is there."""
        with self._database.transaction() as connection:
            rows = connection.execute(self._sql["list_knowledge_bases"])
            found: list[dict[str, Any]] = list(rows)
        return [(KnowledgeBaseId(row["kb"]), row["created_at"]) for row in found]

    def with_documents(self) -> list[tuple[KnowledgeBaseId, datetime, int]]:
        """Their names in order, since when each is there, and how many documents it has."""
        with self._database.transaction() as connection:
            rows = connection.execute(self._sql["count_documents"])
            found: list[dict[str, Any]] = list(rows)
        return [(KnowledgeBaseId(row["kb"]), row["created_at"], row["documents"]) for row in found]

    def what_it_has(self, kb: KnowledgeBaseId) -> list[str]:
        """Whatever keeps a knowledge base from its end, in words; documents first."""
        with self._database.transaction() as connection:
            (row,) = connection.execute(self._sql["what_it_has"], {"kb": kb}).fetchall()
        return [what for what, has in row.items() if has]

    def since(self, kb: KnowledgeBaseId) -> datetime | None:
        """Since when a knowledge base is there; None where it is not."""
        rows = self._database.rows_within(kb, self._sql["get_knowledge_base"], {"kb": kb})
        return rows[0]["created_at"] if rows else None

    def settings(self, kb: KnowledgeBaseId) -> KnowledgeBaseSettings:
        """Those of a knowledge base, which need not have any documents; the usual ones, else."""
        rows = self._database.rows_within(kb, self._sql["get_settings"], {"kb": kb})
        return KnowledgeBaseSettings.of(rows[0] if rows else {})

    def put_settings(self, kb: KnowledgeBaseId, settings: KnowledgeBaseSettings) -> None:
        """Replace all of them; where answers are to be kept no more, those that are kept go."""
        parameters = {"kb": kb, **asdict(settings)}
        routes = parameters["label_routes"]
        parameters["label_routes"] = None if routes is None else Jsonb(routes)
        names = ("put_settings", "drop_answers")
        steps = [Step(statement=self._sql[name], parameters=parameters) for name in names]
        self._database.run_within(kb, *steps)

    def remove_empty(self, kb: KnowledgeBaseId) -> bool:
        """Remove one whose documents are all deleted; whether it is there no more.

        What was asked there stays in the ledger. One that has anything else of its own stays.
        """
        with self._database.transaction() as connection:
            connection.execute(self._sql["lock_knowledge_base"], {"kb": kb})
            (row,) = connection.execute(self._sql["what_it_has"], {"kb": kb}).fetchall()
            if any(row.values()):
                return False
            for name in _REMOVED:
                connection.execute(self._sql[name], {"kb": kb})
        return True
