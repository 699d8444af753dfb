"""What things are called where a knowledge base is imported under another name."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from footnote.domain.document import DEFAULT_KNOWLEDGE_BASE, KnowledgeBaseId

# Any constant serves: the same file imported under the same name gives the same ids.
_NAMESPACE = UUID("7f0e2c5a-5d0c-4c3e-9a55-0f0074e07e00")


@dataclass(frozen=True, slots=True)
class Naming:
    """Translates keys and ids; where both names are the same, nothing changes."""

    before: KnowledgeBaseId
    now: KnowledgeBaseId

    @property
    def same(self) -> bool:
        """Whether the knowledge base keeps its name."""
        return self.before == self.now

    def key(self, key: str) -> str:
        """The key of a document; the order of keys stays, and two never become one.

        Those of `default` may lie anywhere, so all of theirs gets a folder in front.
        """
        if self.same:
            return key
        if self.before == DEFAULT_KNOWLEDGE_BASE:
            return f"{self.now}/{key}"
        return f"{self.now}/{key.partition('/')[2]}"

    def prefix(self) -> str:
        """What the keys have in common in the bucket."""
        return "" if self.now == DEFAULT_KNOWLEDGE_BASE and self.same else f"{self.now}/"

    def identity(self, told: UUID) -> str:
        """The id of a question, a cluster or a golden question: two copies are two things."""
        return str(told if self.same else uuid5(_NAMESPACE, f"{self.now}/{told}"))

    def conversation(self, told: str) -> str:
        """The id of a conversation, likewise."""
        return told if self.same else str(uuid5(_NAMESPACE, f"{self.now}/{told}"))
