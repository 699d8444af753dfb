"""Checks of the recall in Postgres."""

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.recall import RECALL_KEPT, RecallCheck, RecallReport
from footnote.postgres.connection import Database, Step
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
        names = ("record_check", "forget_old_checks")
        steps = [Step(statement=self._sql[name], parameters=parameters) for name in names]
        self._database.run_within(check.kb, *steps)

    def report(self, kb: KnowledgeBaseId) -> RecallReport:
        """The checks of one knowledge base."""
        parameters = {"kb": kb, "kept": RECALL_KEPT}
        rows = self._database.rows_within(kb, self._sql["report"], parameters)
        return RecallReport(kb=kb, exact=rows[0]["chunks"] <= EXACT_BELOW, **rows[0])
