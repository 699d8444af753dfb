"""Clusters of questions that were not answered, in Postgres."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from footnote.domain.document import DocumentId, KnowledgeBaseId
from footnote.domain.question import QuestionId, standalone
from footnote.domain.unanswered import (
    MOST_EXAMPLES,
    ClosedBy,
    Cluster,
    ClusterPlace,
    ClusterState,
    Example,
    UnansweredReason,
)
from footnote.postgres.connection import Database, Step
from footnote.postgres.queries import load_queries


def gathering(question: dict[str, object]) -> list[Step]:
    """Puts a question of the ledger into its cluster; part of the transaction that wrote it.

    Of `question` are needed: kb, question_id, the reason, and how near `alike` is.
    """
    sql = load_queries("unanswered.sql")
    # Two statements: what comes second sees what was committed while the first one waited.
    names = ("lock_clusters", "join_cluster")
    return [Step(statement=sql[name], parameters=question) for name in names]


class PostgresUnanswered:
    """Reads clusters, and what people decide of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("unanswered.sql")

    def page(
        self,
        kb: KnowledgeBaseId,
        *,
        state: ClusterState | None,
        after: ClusterPlace | None,
        limit: int,
    ) -> list[Cluster]:
        """Clusters, those of most questions first, from the one behind `after`."""
        wanted = {"state": state, "cluster_id": None, "limit": limit}
        return self._listed(kb, wanted, after)

    def get(self, kb: KnowledgeBaseId, cluster_id: str) -> Cluster | None:
        """One cluster."""
        found = self._listed(kb, {"state": None, "cluster_id": cluster_id, "limit": 1}, None)
        return found[0] if found else None

    def counts(self, kb: KnowledgeBaseId) -> dict[ClusterState, int]:
        """How many clusters there are of each state."""
        rows = self._database.rows_within(kb, self._sql["count_clusters"], {"kb": kb})
        found = {ClusterState(row["state"]): row["clusters"] for row in rows}
        return {state: found.get(state, 0) for state in ClusterState}

    def set_state(self, kb: KnowledgeBaseId, cluster_id: str, state: ClusterState) -> None:
        """Dismiss a cluster, or open it again."""
        parameters = {"kb": kb, "cluster_id": cluster_id, "state": state}
        self._database.rows_within(kb, self._sql["set_state"], parameters)

    def _listed(
        self, kb: KnowledgeBaseId, wanted: Mapping[str, object], after: ClusterPlace | None
    ) -> list[Cluster]:
        parameters = {
            **wanted,
            "kb": kb,
            "examples": MOST_EXAMPLES,
            "after_questions": after.questions if after else None,
            "after_seen": after.last_seen if after else None,
            "after_id": after.cluster_id if after else None,
        }
        return [
            _cluster(row)
            for row in self._database.rows_within(kb, self._sql["list_clusters"], parameters)
        ]


def _cluster(row: dict[str, Any]) -> Cluster:
    return Cluster(
        cluster_id=str(row["cluster_id"]),
        question=standalone(row["leader_text"], row["leader_about"]),
        state=ClusterState(row["state"]),
        changed_at=row["changed_at"],
        checked_at=row["checked_at"],
        questions=row["questions"],
        declined=row["declined"],
        down_voted=row["down_voted"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        examples=tuple(_example(example) for example in row["examples"]),
        closed_by=_closed_by(row) if row["document_id"] else None,
    )


def _example(row: dict[str, Any]) -> Example:
    return Example(
        question_id=QuestionId(row["question_id"]),
        question=standalone(row["text"], row["about"]),
        reason=UnansweredReason(row["reason"]),
        asked_at=datetime.fromisoformat(row["asked_at"]),
    )


def _closed_by(row: dict[str, Any]) -> ClosedBy:
    return ClosedBy(
        document_id=DocumentId(row["document_id"]),
        key=row["key"],
        title=row["title"],
        url=row["url"],
        page=row["page"],
        heading_path=tuple(row["heading_path"] or ()),
        quote=row["quote"],
    )
