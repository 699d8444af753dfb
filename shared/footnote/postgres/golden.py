"""Golden questions in Postgres."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from psycopg.types.json import Jsonb

from footnote.domain.answer import AnswerStatus
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.filter_form import filter_in, form_of
from footnote.domain.golden import MOST_GOLDEN, Golden, GoldenAnswer, GoldenCitation
from footnote.postgres.connection import Database, Step
from footnote.postgres.queries import load_queries


class PostgresGolden:
    """See `golden.GoldenQuestions`."""

    def __init__(self, database: Database, *, most: int = MOST_GOLDEN) -> None:
        self._database = database
        self._most = most
        self._sql = load_queries("golden.sql")

    def add(self, golden: Mapping[str, object]) -> str | None:
        """See `GoldenQuestions.add`: kb, question, expected, filter and top_k."""
        wanted = golden["filter"]
        form = Jsonb(form_of(wanted)) if wanted else None  # type: ignore[arg-type]
        parameters = {**golden, "filter": form, "most": self._most}
        # Two statements: what comes second sees what was committed while the first one waited.
        names = ("lock_golden", "add_golden")
        steps = [Step(statement=self._sql[name], parameters=parameters) for name in names]
        _, rows = self._database.run_within(cast("KnowledgeBaseId", golden["kb"]), *steps)
        return str(rows[0]["golden_id"]) if rows else None

    def every(self, kb: KnowledgeBaseId) -> list[Golden]:
        """See `GoldenQuestions.every`."""
        return [_golden(kb, row) for row in self._rows("list_golden", kb, None)]

    def get(self, kb: KnowledgeBaseId, golden_id: str) -> Golden | None:
        """See `GoldenQuestions.get`."""
        rows = self._rows("list_golden", kb, golden_id)
        return _golden(kb, rows[0]) if rows else None

    def keep(self, golden: Golden, answer: GoldenAnswer) -> None:
        """See `GoldenQuestions.keep`."""
        found = {
            "status": answer.status,
            "text": answer.text,
            "citations": Jsonb([asdict(citation) for citation in answer.citations]),
            "passages": list(answer.passages),
            "model": answer.model,
        }
        self._rows("keep_golden_answer", golden.kb, golden.golden_id, **found)

    def accept(self, kb: KnowledgeBaseId, golden_id: str) -> None:
        """See `GoldenQuestions.accept`."""
        self._rows("accept_golden", kb, golden_id)

    def remove(self, kb: KnowledgeBaseId, golden_id: str) -> None:
        """See `GoldenQuestions.remove`."""
        self._rows("remove_golden", kb, golden_id)

    def due(self, kb: KnowledgeBaseId, begun_at: datetime) -> str | None:
        """See `GoldenQuestions.due`."""
        rows = self._rows("due_golden", kb, None, begun_at=begun_at)
        return str(rows[0]["golden_id"]) if rows else None

    def checked(self, kb: KnowledgeBaseId, golden_id: str, begun_at: datetime) -> None:
        """See `GoldenQuestions.checked`."""
        self._rows("check_golden", kb, golden_id, begun_at=begun_at)

    def _rows(
        self, statement: str, kb: KnowledgeBaseId, golden_id: str | None, **more: object
    ) -> list[dict[str, Any]]:
        parameters = {"kb": kb, "golden_id": golden_id, **more}
        return self._database.rows_within(kb, self._sql[statement], parameters)


def _golden(kb: KnowledgeBaseId, row: Mapping[str, Any]) -> Golden:
    return Golden(
        golden_id=str(row["golden_id"]),
        kb=kb,
        question=row["question"],
        expected=row["expected"],
        filter=filter_in(row["filter"]) if row["filter"] else None,
        top_k=row["top_k"],
        created_at=row["created_at"],
        baseline=_answer(row["baseline"]),
        current=_answer(row["current"]),
    )


def _answer(row: Mapping[str, Any] | None) -> GoldenAnswer | None:
    if row is None:
        return None
    return GoldenAnswer(
        status=AnswerStatus(row["status"]),
        text=row["text"],
        citations=tuple(GoldenCitation(**one) for one in row["citations"]),
        passages=tuple(row["passages"]),
        model=row["model"],
        answered_at=datetime.fromisoformat(row["answered_at"]),
    )
