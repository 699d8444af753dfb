"""Which unanswered questions are looked at again, in Postgres."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from pgvector import HalfVector
from psycopg.types.json import Jsonb

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.filter_form import filter_in
from footnote.domain.question import Question, QuestionId
from footnote.domain.search_index import SearchIndex
from footnote.domain.unanswered import Cited, OpenQuestion
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries

# Of all that makes an answer likely, words alone are not enough for a chunk that is farther away.
NEAR = 0.2


class PostgresVisits:
    """See `revisit.Visits`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("visits.sql")

    def request(self, kbs: Sequence[KnowledgeBaseId] | None) -> list[KnowledgeBaseId]:
        """See `Visits.request`; one statement."""
        wanted = None if kbs is None else list(kbs)
        rows = self._rows("request_visits", {"kbs": wanted})
        return [KnowledgeBaseId(row["kb"]) for row in rows]

    def begin(self, kb: KnowledgeBaseId) -> datetime:
        """See `Visits.begin`."""
        (row,) = self._rows("begin_visit", {"kb": kb})
        return cast("datetime", row["begun_at"])

    def questions(self, index: SearchIndex, begun_at: datetime, limit: int) -> list[OpenQuestion]:
        """See `Visits.questions`; one statement."""
        wanted = _place(index) | {"begun_at": begun_at, "limit": limit, "near": NEAR}
        rows = self._rows("questions_to_visit", wanted)
        return [_question(index.kb, row) for row in rows]

    def settle(
        self, kb: KnowledgeBaseId, cluster_id: str, cited: Sequence[Cited], begun_at: datetime
    ) -> None:
        """See `Visits.settle`."""
        named = [
            {
                "place": place,
                "document_id": one.document_id,
                "quote": one.quote,
                "content_hash": f"\\x{one.content_hash.hex()}",
            }
            for place, one in enumerate(cited)
        ]
        found = {"kb": kb, "cluster_id": cluster_id, "cited": Jsonb(named), "begun_at": begun_at}
        self._rows("settle_visit", found)

    def end(self, index: SearchIndex, begun_at: datetime) -> None:
        """See `Visits.end`."""
        self._run("end_visit", _place(index) | {"begun_at": begun_at})

    def foreign(self, index: SearchIndex, limit: int) -> list[tuple[str, str]]:
        """See `Visits.foreign`."""
        rows = self._rows("questions_to_embed", _place(index) | {"limit": limit})
        return [(str(row["cluster_id"]), _question(index.kb, row).question.wanted) for row in rows]

    def move(self, index: SearchIndex, cluster_id: str, embedding: Sequence[float]) -> None:
        """See `Visits.move`."""
        vector = HalfVector(list(embedding))
        self._run("move_cluster", _place(index) | {"cluster_id": cluster_id, "embedding": vector})

    def _rows(self, statement: str, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
        with self._database.transaction() as connection:
            rows: list[dict[str, Any]] = connection.execute(
                self._sql[statement], parameters
            ).fetchall()
        return rows

    def _run(self, statement: str, parameters: Mapping[str, object]) -> None:
        with self._database.transaction() as connection:
            connection.execute(self._sql[statement], parameters)


def _place(index: SearchIndex) -> dict[str, object]:
    return {"kb": index.kb, "index_id": index.index_id, "model_id": index.model_id}


def _question(kb: KnowledgeBaseId, row: Mapping[str, Any]) -> OpenQuestion:
    form, vector = row.get("filter"), row.get("embedding")
    return OpenQuestion(
        cluster_id=str(row["cluster_id"]),
        question=Question(
            question_id=QuestionId(str(uuid.uuid4())),
            conversation_id="",
            kb=kb,
            text=row["text"],
            about=row["about"],
            top_k=row.get("top_k", 1),
            filter=filter_in(form) if form else None,
        ),
        embedding=tuple(vector.to_list()) if vector else (),
    )
