"""Budgets, and what calls to models take from them."""

from dataclasses import dataclass
from decimal import Decimal

from footnote.domain.document import KnowledgeBaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Tokens read and written, and US dollars; None where the model's prices are not known."""

    tokens: int
    usd: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What may be spent on one day (UTC), and was today; without a `key_id` by all together."""

    key_id: str | None
    name: str
    knowledge_bases: tuple[KnowledgeBaseId, ...]
    daily_usd: Decimal
    spent_usd: Decimal
