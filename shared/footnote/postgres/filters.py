"""Filters as a condition in SQL whose keys and values are bound parameters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count

from psycopg import sql
from psycopg.types.json import Jsonb

from footnote.domain.filter import And, Equals, Exists, Filter, In, Not, Or, Range
from footnote.postgres.queries import load_queries

# How each bound stands in a jsonpath; its value is a variable of the path.
RANGE_BOUNDS = {"gt": "@ > $gt", "gte": "@ >= $gte", "lt": "@ < $lt", "lte": "@ <= $lte"}
# An index looks each of them up; for more, reading all documents is as quick.
_MOST_CONTAINED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition on the row `document`, and its parameters by name."""

    statement: sql.Composable
    parameters: Mapping[str, object]


def condition_of(wanted: Filter) -> Condition:
    """What a document has to meet."""
    return _Writer().write(wanted)


def contained_in(wanted: Filter) -> list[Jsonb] | None:
    """One of these is part of the attributes of every document that passes: an index finds those.

    Returns:
        None where nothing has to be part of them, or too many different things may be.
    """
    parts = _contained(wanted)
    return None if parts is None or len(parts) > _MOST_CONTAINED else [Jsonb(one) for one in parts]


def _contained(wanted: Filter) -> list[dict[str, object]] | None:
    match wanted:
        case Equals(key=key, value=value):
            return [{key: value}, {key: [value]}]
        case In(key=key, values=values):
            return [{key: part} for value in values for part in (value, [value])]
        case And(parts=parts):
            known = [found for part in parts if (found := _contained(part)) is not None]
            return min(known, key=len, default=None)
        case Or(parts=parts):
            each = [_contained(part) for part in parts]
            known = [found for found in each if found is not None]
            return list(chain.from_iterable(known)) if len(known) == len(each) else None
        case _:
            return None


class _Writer:
    """Numbers the parameters of one condition."""

    def __init__(self) -> None:
        self._sql = load_queries("filters.sql")
        self._names = (f"filter_{number}" for number in count())
        self._parameters: dict[str, object] = {}

    def write(self, wanted: Filter) -> Condition:
        return Condition(statement=self._condition(wanted), parameters=self._parameters)

    def _condition(self, wanted: Filter) -> sql.Composable:
        match wanted:
            case And(parts=parts):
                return _joined(" and ", (self._condition(part) for part in parts))
            case Or(parts=parts):
                return _joined(" or ", (self._condition(part) for part in parts))
            case Not(part=part):
                return sql.SQL("not ({})").format(self._condition(part))
            case Equals(key=key, value=value):
                return self._bound("equals", key=key, value=Jsonb(value))
            case In(key=key, values=values):
                return self._bound("in", key=key, values=[Jsonb(value) for value in values])
            case Exists(key=key):
                return self._bound("exists", key=key)
            case Range():
                return self._range(wanted)

    def _range(self, wanted: Range) -> sql.Composable:
        named = {name: getattr(wanted, name) for name in RANGE_BOUNDS}
        bounds = {name: bound for name, bound in named.items() if bound is not None}
        path = f"$[*] ? ({' && '.join(RANGE_BOUNDS[name] for name in bounds)})"
        return self._bound("range", key=wanted.key, path=path, bounds=Jsonb(bounds))

    def _bound(self, condition: str, **values: object) -> sql.Composable:
        places = {}
        for what, value in values.items():
            name = next(self._names)
            self._parameters[name] = value
            places[what] = sql.Placeholder(name)
        return sql.SQL(self._sql[condition]).format(**places)


def _joined(word: str, parts: Iterator[sql.Composable]) -> sql.Composable:
    return sql.SQL("({})").format(sql.SQL(word).join(parts))
