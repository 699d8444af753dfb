"""What people say is right for questions of the ledger, in Postgres."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from psycopg.types.json import Jsonb

from footnote.domain.document import KnowledgeBaseId, document_id_of
from footnote.domain.label import AskedQuestion, Label, LabelKind, LabelledPassage
from footnote.domain.question import standalone
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries

# Of the latest questions of a kind, so many are put together by their wording.
_LOOKED_AT = 2000


class PostgresLabels:
    """See `http.ports.Labels`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("labels.sql")

    def questions(self, kb: KnowledgeBaseId, kind: LabelKind, limit: int) -> list[AskedQuestion]:
        """Each wording once, the latest first."""
        return [
            AskedQuestion(
                question_id=str(row["question_id"]),
                question=standalone(row["text"], row["about"]),
                asked_at=row["asked_at"],
                times=row["times"],
                status=row["status"],
                rating=row["rating"],
                label=label_of(row) if row["labelled_at"] else None,
                labelled_at=row["labelled_at"],
            )
            for row in self._rows("list", kb, kind=kind, limit=limit, looked_at=_LOOKED_AT)
        ]

    def is_asked(self, kb: KnowledgeBaseId, question_id: str) -> bool:
        """Whether the ledger has the words of this question."""
        return bool(self._rows("is_asked", kb, question_id=question_id))

    def unknown(self, kb: KnowledgeBaseId, passages: Sequence[LabelledPassage]) -> list[str]:
        """The keys of those passages that are no chunk of the documents now."""
        keys = [one.key for one in passages]
        ids, texts = [document_id_of(key) for key in keys], [one.text for one in passages]
        rows = self._rows("unknown", kb, keys=keys, document_ids=ids, texts=texts)
        return [row["key"] for row in rows]

    def put(self, kb: KnowledgeBaseId, question_id: str, label: Label) -> datetime | None:
        """Keep a label in place of an earlier one; None where the question is gone."""
        passages = Jsonb([asdict(one) for one in label.passages])
        rows = self._rows(
            "put", kb, question_id=question_id, answer=label.answer, passages=passages
        )
        return cast("datetime", rows[0]["labelled_at"]) if rows else None

    def remove(self, kb: KnowledgeBaseId, question_id: str) -> bool:
        """Forget a label; False where there is none."""
        return bool(self._rows("remove", kb, question_id=question_id))

    def _rows(self, query: str, kb: KnowledgeBaseId, **parameters: object) -> list[dict[str, Any]]:
        return self._database.rows_within(kb, self._sql[query], {"kb": kb, **parameters})


def label_of(row: dict[str, Any]) -> Label:
    """The label in the columns `answer` and `passages`."""
    return Label(
        answer=row["answer"], passages=tuple(LabelledPassage(**one) for one in row["passages"])
    )
