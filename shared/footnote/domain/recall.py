"""Recall: how much of what an exact search finds the live search found as well."""

from dataclasses import dataclass
from datetime import timedelta

from footnote.domain.document import KnowledgeBaseId

# Recall is reported over so long, and older checks are forgotten.
RECALL_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallCheck:
    """One live search, searched once more exactly: of `k` passages it had found `hits`.

    `hits` is None where the exact search took longer than it may: nothing is known then.
    """

    kb: KnowledgeBaseId
    k: int
    hits: int | None

    @property
    def recall(self) -> float | None:
        """The share that was found (0..1), where it is known."""
        return None if self.hits is None else self.hits / self.k


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallReport:
    """The checks of a knowledge base; `exact` where its searches need none, for they are exact.

    `recall` is the share of all passages that were found, `lowest` that of the worst search; both
    are None without a check that ended in time (`measured` counts these).
    """

    kb: KnowledgeBaseId
    chunks: int
    exact: bool
    checks: int
    measured: int
    recall: float | None
    lowest: float | None
