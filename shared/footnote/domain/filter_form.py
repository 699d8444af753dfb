"""Filters in the JSON form that the API takes, to be kept and read again."""

from collections.abc import Mapping
from typing import Any

from footnote.domain.filter import And, Equals, Exists, Filter, In, Not, Or, Range

_BOUNDS = ("gt", "gte", "lt", "lte")


def form_of(wanted: Filter) -> dict[str, Any]:
    """The form in which the API would be asked for it."""
    match wanted:
        case And(parts=parts):
            return {"and": [form_of(part) for part in parts]}
        case Or(parts=parts):
            return {"or": [form_of(part) for part in parts]}
        case Not(part=part):
            return {"not": form_of(part)}
        case Equals(key=key, value=value):
            return {"equals": {"key": key, "value": value}}
        case In(key=key, values=values):
            return {"in": {"key": key, "values": list(values)}}
        case Exists(key=key):
            return {"exists": {"key": key}}
        case Range(key=key):
            bounds = {name: getattr(wanted, name) for name in _BOUNDS}
            given = {name: bound for name, bound in bounds.items() if bound is not None}
            return {"range": {"key": key} | given}


def filter_in(form: Mapping[str, Any]) -> Filter:
    """What `form_of` wrote; a caller's own form is checked first, in `http.filters`."""
    ((kind, inner),) = form.items()
    match kind:
        case "and":
            return And(parts=tuple(filter_in(part) for part in inner))
        case "or":
            return Or(parts=tuple(filter_in(part) for part in inner))
        case "not":
            return Not(part=filter_in(inner))
        case "equals":
            return Equals(**inner)
        case "in":
            return In(key=inner["key"], values=tuple(inner["values"]))
        case "exists":
            return Exists(**inner)
        case _:
            return Range(**inner)
