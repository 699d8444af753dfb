"""What was not answered: questions that are alike, and whether a document answers them by now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from footnote.domain.document import DocumentId
from footnote.domain.question import Question, QuestionId

# Questions whose embeddings are at least so near are taken for one: of 66 questions that ask 20
# things in several ways all clusters are pure from here on, and none of the local model's cosines
# between two of these things is above .703 (docs/unanswered.md).
ALIKE = 0.72
MOST_EXAMPLES = 5


class ClusterState(StrEnum):
    """Whether anybody has to do something about a cluster."""

    OPEN = "open"
    CLOSED = "closed"  # a document answers it
    DISMISSED = "dismissed"  # somebody decided that none has to


class UnansweredReason(StrEnum):
    """Why a question counts as not answered."""

    DECLINED = "declined"
    DOWN_VOTED = "down_voted"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A cluster whose question is to be looked at again, embedded as it was searched for."""

    cluster_id: str
    question: Question
    embedding: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A quote of an answer, and the hash of the chunk that it begins in."""

    document_id: DocumentId
    quote: str
    content_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One question of a cluster, without who asked it."""

    question_id: QuestionId
    question: str
    reason: UnansweredReason
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedBy:
    """The document that answers a cluster by now, and where; `quote` is what it would be told."""

    document_id: DocumentId
    key: str
    title: str
    url: str | None
    page: int | None
    heading_path: tuple[str, ...]
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Questions that are alike; `question` stands for all of them.

    `examples` are the latest that differ in their words.
    """

    cluster_id: str
    question: str
    state: ClusterState
    changed_at: datetime
    checked_at: datetime | None
    questions: int
    declined: int
    down_voted: int
    first_seen: datetime
    last_seen: datetime
    examples: tuple[Example, ...]
    closed_by: ClosedBy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPlace:
    """Where a page of clusters ended: they are in the order of these, the largest first."""

    questions: int
    last_seen: datetime
    cluster_id: str
