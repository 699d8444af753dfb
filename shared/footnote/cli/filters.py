"""Filters as people type them: `product=router`, `year>=2025`, `language!=en`."""

import json
import re
from collections.abc import Sequence
from typing import Annotated, Any

import typer

# Two signs before one, or `>=` would be `>` with a value that begins with `=`.
_CONDITION = re.compile(r"\s*(.+?)\s*(!=|>=|<=|=|>|<)\s*(.*?)\s*", re.DOTALL)
_BOUNDS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}

Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        help="Only documents whose sidecar says so, such as `product=router` or `year>=2025` "
        "(=, !=, <, <=, >, >=). Give several, and all have to be met.",
    ),
]
FilterJson = Annotated[
    str | None, typer.Option("--filter-json", help="A whole filter, in the form of the API.")
]


def read_filter(conditions: Sequence[str] | None, whole: str | None) -> dict[str, Any] | None:
    """The filter that the options name, in the form of the API."""
    parts = [_condition(text) for text in conditions or ()]
    if whole is not None:
        try:
            parts.append(json.loads(whole))
        except ValueError as error:
            message = f"not JSON: {error}"
            raise typer.BadParameter(message, param_hint="--filter-json") from error
    if len(parts) > 1:
        return {"and": parts}
    return parts[0] if parts else None


def _condition(text: str) -> dict[str, Any]:
    found = _CONDITION.fullmatch(text)
    if found is None:
        message = f"{text!r} is not of the form product=router, year>=2025 or language!=en"
        raise typer.BadParameter(message, param_hint="--filter")
    key, sign, written = found.groups()
    value = _value(written)
    if sign in _BOUNDS:
        return {"range": {"key": key, _BOUNDS[sign]: value}}
    equals = {"equals": {"key": key, "value": value}}
    return {"not": equals} if sign == "!=" else equals


def _value(written: str) -> Any:
    """A number, true, false or a text in quotation marks as JSON has them; else the words."""
    try:
        value = json.loads(written)
    except ValueError:
        return written
    return value if isinstance(value, str | int | float) else written
