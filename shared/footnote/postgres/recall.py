"""Checks of the recall in Postgres."""

from typing import Any

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.recall import RECALL_KEPT, RecallCheck, RecallReport
from footnote.postgres.connection import Database
from footnote.postgres.passages import EXACT_BELOW
from footnote.postgres.queries import load_queries


class PostgresRecall:
    """What live searches found, beside exact ones."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("recall.sql")

    def record(self, check: RecallCheck) -> None:
        """Keep one check, and forget those that are too old."""
        parameters = {"kb": check.kb, "k": check.k, "hits": check.hits, "kept": RECALL_KEPT}
        with self._database.transaction() as connection, connection.pipeline():
            connection.execute(self._sql["record_check"], parameters)
            connection.execute(self._sql["forget_old_checks"], parameters)

    def report(self, kb: KnowledgeBaseId) -> RecallReport:
        """The checks of one knowledge base."""
        with self._database.transaction() as connection:
            found = connection.execute(self._sql["report"], {"kb": kb, "kept": RECALL_KEPT})
            rows: list[dict[str, Any]] = found.fetchall()
        return RecallReport(kb=kb, exact=rows[0]["chunks"] <= EXACT_BELOW, **rows[0])
