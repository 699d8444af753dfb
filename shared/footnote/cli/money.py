"""US dollars on a command line."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import typer


def price(text: str) -> Decimal:
    """What something costs, which may be nothing."""
    return _usd(text, lambda usd: usd >= 0, "a price is zero or more")


def budget(text: str) -> Decimal:
    """What may be spent."""
    return _usd(text, lambda usd: usd > 0, "a budget is more than zero")


def _usd(text: str, is_allowed: Callable[[Decimal], bool], rule: str) -> Decimal:
    try:
        usd = Decimal(text)
    except InvalidOperation:
        message = f"{text} is no number"
        raise typer.BadParameter(message) from None
    if not (usd.is_finite() and is_allowed(usd)):
        raise typer.BadParameter(rule)
    return usd


def cost_in_words(cost: Decimal | None) -> str:
    """An estimate for people."""
    if cost is None:
        return "at a cost that is not known (--price says what a million tokens cost)"
    return f"about ${cost:.2f}"
