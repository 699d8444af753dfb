"""What calls to models take from a budget."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Tokens read and written, and US dollars; None where the model's prices are not known."""

    tokens: int
    usd: Decimal | None
