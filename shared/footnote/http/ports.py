"""What the HTTP API needs from inside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from footnote.classify import ClassifyPorts
from footnote.domain.access import AccessKey, Caller, NewKey
from footnote.domain.document import DocumentId, DocumentStatus, KnowledgeBaseId
from footnote.domain.feedback import Feedback
from footnote.domain.knowledge_base import KnowledgeBaseSettings
from footnote.domain.label import AskedQuestion, Label, LabelKind, LabelledPassage
from footnote.domain.recall import RecallReport
from footnote.domain.retention import Forgotten
from footnote.domain.spending import Budget
from footnote.domain.unanswered import Cluster, ClusterPlace, ClusterState
from footnote.domain.usage import Period, Usage
from footnote.golden import GoldenPorts
from footnote.http.question_ports import HealthPorts


class Documents(Protocol):
    """Where each document stands; rows carry the columns of `queries/documents.sql`."""

    def page(
        self,
        kb: KnowledgeBaseId,
        *,
        status: DocumentStatus | None,
        prefix: str,
        after: str,
        limit: int,
    ) -> list[dict[str, Any]]:
        """Documents in the order of their keys, from the one behind `after`."""
        ...

    def counts(self, kb: KnowledgeBaseId) -> dict[DocumentStatus, int]:
        """How many documents there are of each status; deleted ones are not counted."""
        ...

    def get(self, document_id: DocumentId) -> dict[str, Any] | None:
        """One document with its history."""
        ...

    def state(self, key: str) -> dict[str, Any] | None:
        """Where the document at a key stands now."""
        ...

    def chunks(self, document_id: DocumentId, *, after: int, limit: int) -> list[dict[str, Any]]:
        """A document's chunks in order, from the one behind ordinal `after`."""
        ...

    def attributes(
        self, kb: KnowledgeBaseId, document_ids: Sequence[DocumentId]
    ) -> dict[str, dict[str, Any]]:
        """What the sidecars of these documents say, by document."""
        ...


class Uploads(Protocol):
    """The bucket, as far as callers reach it."""

    def current_version(self, key: str) -> str | None:
        """The version at a key, a delete marker's included; None where there never was one.

        Raises:
            ObjectStorageUnavailableError: no answer, or a refusal.
        """
        ...

    def delete(self, key: str) -> None:
        """Delete the object."""
        ...

    def upload_url(self, key: str, content_type: str) -> str:
        """A URL that takes one PUT."""
        ...


class KnowledgeBases(Protocol):
    """Which knowledge bases there are, and what each wants."""

    def every(self) -> list[tuple[KnowledgeBaseId, datetime]]:
        """Their names in order, and since when each is there."""
        ...

    def since(self, kb: KnowledgeBaseId) -> datetime | None:
        """Since when one is there; None where it is not."""
        ...

    def settings(self, kb: KnowledgeBaseId) -> KnowledgeBaseSettings:
        """Those of a knowledge base; the usual ones where nobody set any."""
        ...

    def put_settings(self, kb: KnowledgeBaseId, settings: KnowledgeBaseSettings) -> None:
        """Replace all of them."""
        ...


class Opinions(Protocol):
    """What people say of answers."""

    def give(self, feedback: Feedback, within: Sequence[KnowledgeBaseId]) -> bool:
        """Keep it; False where none of these knowledge bases (empty: any) was asked that."""
        ...


class Unanswered(Protocol):
    """Clusters of questions that were not answered."""

    def page(
        self,
        kb: KnowledgeBaseId,
        *,
        state: ClusterState | None,
        after: ClusterPlace | None,
        limit: int,
    ) -> list[Cluster]:
        """Clusters, those of most questions first, from the one behind `after`."""
        ...

    def get(self, kb: KnowledgeBaseId, cluster_id: str) -> Cluster | None:
        """One cluster."""
        ...

    def counts(self, kb: KnowledgeBaseId) -> dict[ClusterState, int]:
        """How many clusters there are of each state."""
        ...

    def set_state(self, kb: KnowledgeBaseId, cluster_id: str, state: ClusterState) -> None:
        """Dismiss a cluster, or open it again."""
        ...


class Labels(Protocol):
    """What people say is right for questions of the ledger."""

    def questions(self, kb: KnowledgeBaseId, kind: LabelKind, limit: int) -> list[AskedQuestion]:
        """Each wording once, the latest first."""
        ...

    def is_asked(self, kb: KnowledgeBaseId, question_id: str) -> bool:
        """Whether the ledger has the words of this question."""
        ...

    def unknown(self, kb: KnowledgeBaseId, passages: Sequence[LabelledPassage]) -> list[str]:
        """The keys of those passages that are no chunk of the documents now."""
        ...

    def put(self, kb: KnowledgeBaseId, question_id: str, label: Label) -> datetime | None:
        """Keep a label in place of an earlier one; None where the question is gone."""
        ...

    def remove(self, kb: KnowledgeBaseId, question_id: str) -> bool:
        """Forget a label; False where there is none."""
        ...


class Retention(Protocol):
    """What is kept of questions."""

    def forget_conversation(self, conversation_id: str, caller: Caller) -> Forgotten:
        """Forget a conversation, where it is one that the caller may see."""
        ...


class Ledger(Protocol):
    """What the ledger came to."""

    def usage(self, period: Period, kbs: Sequence[KnowledgeBaseId]) -> Usage:
        """Everything asked of these knowledge bases (none named: of all) in the time."""
        ...


class KeyStore(Protocol):
    """Every key there is; see `PostgresAccessKeys`."""

    def add(self, new: NewKey) -> str:
        """Add a key; returns its text, which cannot be had again."""
        ...

    def every(self) -> list[AccessKey]:
        """All keys, the oldest first."""
        ...

    def find(self, key_id: str) -> AccessKey | None:
        """One key by its readable part."""
        ...

    def rotate(self, key_id: str, grace: timedelta) -> str:
        """Replace a key; returns the text of the new one."""
        ...

    def revoke(self, key_id: str) -> None:
        """End a key at once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPorts(HealthPorts):
    """Everything that the routes call."""

    documents: Documents
    feedback: Opinions
    classify: ClassifyPorts
    keys: KeyStore
    usage: Ledger
    budgets: Callable[[], list[Budget]]
    knowledge_bases: KnowledgeBases
    recall: Callable[[KnowledgeBaseId], RecallReport]
    unanswered: Unanswered
    golden: GoldenPorts
    labels: Labels
    retention: Retention
    # So many questions before it a question may lean on.
    conversation_turns: int
    uploads: Uploads
    bucket: str
    # Sends one notification.
    notify: Callable[[str], None]
