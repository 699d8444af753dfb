"""Answers that are kept in Postgres, no longer than what they cite."""

from datetime import timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from footnote.domain.answer import CitationStatus, RemovalReason
from footnote.domain.document import DocumentId
from footnote.domain.errors import DatabaseUnavailableError
from footnote.domain.kept_answer import AnswerKey, KeptAnswer, KeptCitation
from footnote.domain.masking import told
from footnote.postgres.connection import Database, Step
from footnote.postgres.queries import load_queries


class PostgresAnswers:
    """Kept answers: `most` of a knowledge base, none older than `oldest`."""

    def __init__(self, database: Database, *, oldest: timedelta, most: int) -> None:
        self._database = database
        self._limits: dict[str, object] = {"oldest": oldest, "most": most}
        self._sql = load_queries("answers.sql")

    def find(self, key: AnswerKey) -> KeptAnswer | None:
        """See `KeptAnswers.find`; one round trip."""
        rows = self._database.rows_within(
            key.kb, self._sql["find_answer"], _place(key) | self._limits
        )
        return _answer(rows) if rows else None

    def keep(self, key: AnswerKey, answer: KeptAnswer) -> None:
        """See `KeptAnswers.keep`; two round trips.

        Raises:
            DatabaseUnavailableError: it cannot be written, whatever the reason.
        """
        parameters = _place(key) | self._limits | _columns(answer)
        names = ("lock_cited_documents", "drop_answer", "keep_answer", "drop_oldest")
        steps = [Step(statement=self._sql[name], parameters=parameters) for name in names]
        try:
            self._database.run_within(key.kb, *steps)
            with self._database.autocommit() as connection:
                connection.execute(self._sql["drop_outdated"], parameters)
        except psycopg.Error as error:
            message = f"the answer cannot be kept: {told(error)}"
            raise DatabaseUnavailableError(message) from error


def _place(key: AnswerKey) -> dict[str, object]:
    return {"kb": key.kb, "index_id": key.index_id, "digest": key.digest}


def _columns(answer: KeptAnswer) -> dict[str, object]:
    return {
        "text": answer.text,
        "removed": list(answer.removed),
        "read": list(answer.read),
        "model": answer.model,
        "checkpoint": answer.checkpoint,
        "question_id": answer.question_id,
        "documents": [one.document_id for one in answer.citations],
        "citations": Jsonb([_citation(one) for one in answer.citations]),
    }


def _citation(citation: KeptCitation) -> dict[str, object]:
    return {
        "marker": citation.marker,
        "document_id": citation.document_id,
        "chunks": [f"\\x{content_hash.hex()}" for content_hash in citation.chunks],
        "quote_offset": citation.offset,
        "quote": citation.quote,
        "status": citation.status,
    }


def _answer(rows: list[dict[str, Any]]) -> KeptAnswer:
    first = rows[0]
    return KeptAnswer(
        text=first["text"],
        citations=tuple(
            KeptCitation(
                marker=row["marker"],
                document_id=DocumentId(row["document_id"]),
                chunks=tuple(row["chunks"]),
                offset=row["quote_offset"],
                quote=row["quote"],
                status=CitationStatus(row["status"]),
            )
            for row in rows
        ),
        removed=tuple(RemovalReason(reason) for reason in first["removed"]),
        read=frozenset(first["read"]),
        model=first["model"],
        checkpoint=first["checkpoint"],
    )
