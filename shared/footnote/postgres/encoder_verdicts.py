"""What the gate said of encoders, in Postgres."""

from dataclasses import asdict
from typing import Any

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.encoder_verdict import EncoderVerdict
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries


class PostgresEncoderVerdicts:
    """The last verdict of each knowledge base on each encoder."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("encoder_verdicts.sql")

    def keep(self, kb: KnowledgeBaseId, verdict: EncoderVerdict) -> None:
        """Keep a verdict in the place of an earlier one."""
        with self._database.transaction() as connection:
            connection.execute(self._sql["keep"], {"kb": kb, **asdict(verdict)})

    def find(self, kb: KnowledgeBaseId, model: str) -> EncoderVerdict | None:
        """That on one encoder; None where it was never judged here."""
        with self._database.transaction() as connection:
            rows = connection.execute(self._sql["find"], {"kb": kb, "model": model})
            found: list[dict[str, Any]] = list(rows)
        return EncoderVerdict(**found[0]) if found else None
