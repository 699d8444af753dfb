"""What retrieval needs from the index."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.passage import Retrieval


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question as the index takes it: its embedding, and its term ids with their counts."""

    kb: KnowledgeBaseId
    vector: list[float]
    terms: Mapping[int, int]
    top_k: int


class PassageSearch(Protocol):
    """The index, searched."""

    def search(self, query: Query) -> Retrieval:
        """The best passages, best first, in one round trip."""
        ...
