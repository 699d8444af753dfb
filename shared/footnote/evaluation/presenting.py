"""Figures as people read them."""

from footnote.evaluation.metrics.metric import Unit

_DIGITS = {Unit.SHARE: 3, Unit.MILLISECONDS: 0, Unit.DOLLARS: 2, Unit.TOKENS: 0}
_SUFFIX = {Unit.SHARE: "", Unit.MILLISECONDS: " ms", Unit.DOLLARS: " USD", Unit.TOKENS: ""}


def shown(value: float, unit: Unit) -> str:
    """Such as `0.807` or `41 ms`."""
    return f"{value:,.{_DIGITS[unit]}f}{_SUFFIX[unit]}"


def changed(value: float, unit: Unit) -> str:
    """A difference, which always has a sign."""
    return f"{_no_minus_zero(value, unit):+,.{_DIGITS[unit]}f}{_SUFFIX[unit]}"


def interval(low: float | None, high: float | None, unit: Unit, *, signed: bool = False) -> str:
    """Both ends, or nothing where there is no interval."""
    if low is None or high is None:
        return ""
    sign = "+" if signed else ""
    digits = f"{sign},.{_DIGITS[unit]}f"
    ends = (_no_minus_zero(end, unit) for end in (low, high))
    return " to ".join(f"{end:{digits}}" for end in ends)


def _no_minus_zero(value: float, unit: Unit) -> float:
    return round(value, _DIGITS[unit]) + 0.0
