"""What one reconciliation is asked for, and what it found."""

from collections import Counter
from dataclasses import dataclass, field

from footnote.domain.document import DEFAULT_KNOWLEDGE_BASE, KnowledgeBaseId
from footnote.domain.drift import Horizon, Repair


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to reconcile and how; without a knowledge base, all of them."""

    horizon: Horizon
    knowledge_base: KnowledgeBaseId | None = None
    dry_run: bool = False
    force: bool = False

    @property
    def prefix(self) -> str:
        """What the keys have in common; those of `default` have nothing."""
        kb = self.knowledge_base
        return "" if kb in {None, DEFAULT_KNOWLEDGE_BASE} else f"{kb}/"

    def covers(self, kb: KnowledgeBaseId) -> bool:
        """Whether it is about this knowledge base."""
        return self.knowledge_base in {None, kb}


@dataclass(slots=True, kw_only=True)
class KnowledgeBaseReport:
    """What was found of one knowledge base: documents, not sidecars.

    `sent` counts what was sent again, by the reason. Apart from it are those `to_delete`, which
    go out only where the knowledge base is not `braked`. A dry run counts what it would send.
    `unseen` were imported, and their files never were in this bucket: they are left alone.
    """

    knowledge_base: KnowledgeBaseId
    in_bucket: int = 0
    in_index: int = 0
    sent: Counter[Repair] = field(default_factory=Counter)
    to_delete: int = 0
    braked: bool = False
    unseen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one run found, by knowledge base."""

    knowledge_bases: tuple[KnowledgeBaseReport, ...]

    @property
    def sent(self) -> int:
        """How many notifications went out, deletions included."""
        deleted = sum(one.to_delete for one in self.knowledge_bases if not one.braked)
        return deleted + sum(one.sent.total() for one in self.knowledge_bases)

    @property
    def held_back(self) -> int:
        """How many deletions the brake stopped."""
        return sum(one.to_delete for one in self.knowledge_bases if one.braked)

    @property
    def unseen(self) -> int:
        """How many documents were imported without their files."""
        return sum(one.unseen for one in self.knowledge_bases)

    @property
    def braked(self) -> list[KnowledgeBaseId]:
        """The knowledge bases where it did."""
        return [one.knowledge_base for one in self.knowledge_bases if one.braked]
