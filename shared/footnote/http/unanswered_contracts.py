"""The bodies of `/v1/questions/unanswered`, checked before anything is done."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from footnote.domain.unanswered import ClusterState, UnansweredReason
from footnote.http.contracts import KnowledgeBase


class ClusterStateBody(BaseModel):
    """`POST /v1/questions/unanswered/{cluster_id}`: dismiss a cluster, or open it again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: Literal["open", "dismissed"]
    knowledge_base: KnowledgeBase = "default"


class _Reply(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ExampleReply(_Reply):
    """One question of a cluster; who asked it is not told."""

    question_id: str
    question: str
    reason: UnansweredReason
    asked_at: datetime


class ClosedByReply(_Reply):
    """The document that answers by now, and what of it an answer would cite."""

    document_id: str
    key: str
    title: str
    url: str | None
    page: int | None
    heading_path: list[str]
    quote: str


class ClusterReply(_Reply):
    """Questions that are alike and were not answered.

    `questions` of them, of which some were `declined` and some answered and `down_voted`.
    `examples` are the latest that differ in their words, five at most. `closed_by` is told where
    the state is `closed`. `checked_at`: when it was last seen whether the documents answer.
    """

    cluster_id: str
    question: str
    state: ClusterState
    questions: int
    declined: int
    down_voted: int
    first_seen: datetime
    last_seen: datetime
    changed_at: datetime
    checked_at: datetime | None
    examples: list[ExampleReply]
    closed_by: ClosedByReply | None


class UnansweredReply(_Reply):
    """A page of clusters, those of most questions first.

    The first comes with `counts` by state: of the whole knowledge base, whatever was asked for.
    """

    clusters: list[ClusterReply]
    next_cursor: str | None
    counts: dict[ClusterState, int] | None
