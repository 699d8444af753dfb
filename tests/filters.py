"""Random filters and attributes, and what a filter means in plain Python: the reference."""

import random
from typing import Any

from footnote.domain.filter import And, Bound, Equals, Exists, Filter, In, Not, Or, Range, Scalar

# Keys and texts that would end a quotation, name a variable or a parameter, or be a path.
KEYS = (
    "product", "year", "", "a.b", "$k", "%(kb)s", "{matches}", "it's", 'say "x"', "back\\slash",
    "ключ", "🗝", "line\nbreak", "$[*]", "'; drop table document; --", "0", "-1", "null",
)  # fmt: skip
TEXTS = (
    "router", "2025", "2025-01-01", "2026-11-25T10:00:00Z", "", "é", "e\u0301", "🗝", "'", '"', "\\",
    "$gte", "@", "%s", "true", "null", "[]", "\uffff", "z",
)  # fmt: skip
NUMBERS = (0, 1, -1, 2025, 2025.5, 1e-9, 1.0, 10**30, -(10**400), 1e300, 0.1, -0.0)


def random_scalar(choose: random.Random) -> Scalar:
    kinds: tuple[tuple[Scalar, ...], ...] = (TEXTS, NUMBERS, (True, False))
    return choose.choice(choose.choice(kinds))


def random_filter(choose: random.Random, depth: int = 4) -> Filter:
    key = choose.choice(KEYS)
    kinds = ["equals", "in", "range", "exists", *(("and", "or", "not", "not") if depth else ())]
    match choose.choice(kinds):
        case "equals":
            return Equals(key=key, value=random_scalar(choose))
        case "in":
            values = [random_scalar(choose) for _ in range(choose.randint(1, 5))]
            return In(key=key, values=tuple(values))
        case "range":
            bounds: tuple[Bound, ...] = NUMBERS if choose.random() < 0.5 else TEXTS
            names = choose.sample(["gt", "gte", "lt", "lte"], choose.randint(1, 4))
            return Range(key=key, **{name: choose.choice(bounds) for name in names})
        case "exists":
            return Exists(key=key)
        case "not":
            return Not(part=random_filter(choose, depth - 1))
        case kind:
            parts = [random_filter(choose, depth - 1) for _ in range(choose.randint(1, 3))]
            return (And if kind == "and" else Or)(parts=tuple(parts))


def random_attributes(choose: random.Random) -> dict[str, Any]:
    return {
        key: choose.choice(
            (
                random_scalar(choose),
                random_scalar(choose),
                [random_scalar(choose) for _ in range(choose.randint(0, 3))],
                None,
                {"router": 1},
            )
        )
        for key in choose.sample(KEYS, choose.randint(0, len(KEYS)))
    }


def passes(attributes: dict[str, Any], wanted: Filter) -> bool:
    match wanted:
        case And(parts=parts):
            return all(passes(attributes, part) for part in parts)
        case Or(parts=parts):
            return any(passes(attributes, part) for part in parts)
        case Not(part=part):
            return not passes(attributes, part)
        case Exists(key=key):
            return attributes.get(key) is not None
        case Equals(key=key, value=value):
            return any(_same(one, value) for one in _members(attributes, key))
        case In(key=key, values=values):
            return any(_same(one, v) for one in _members(attributes, key) for v in values)
        case Range():
            return any(_within(one, wanted) for one in _members(attributes, wanted.key))


def _members(attributes: dict[str, Any], key: str) -> list[Any]:
    value = attributes.get(key)
    return value if isinstance(value, list) else [value]


def _kind(value: Any) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def _same(one: Any, other: Any) -> bool:
    return _kind(one) is _kind(other) and bool(one == other)


def _within(value: Any, bounds: Range) -> bool:
    if _kind(value) not in (float, str):
        return False
    checks = {
        "gt": lambda bound: value > bound,
        "gte": lambda bound: value >= bound,
        "lt": lambda bound: value < bound,
        "lte": lambda bound: value <= bound,
    }
    given = {name: getattr(bounds, name) for name in checks}
    return all(
        _kind(value) is _kind(bound) and checks[name](bound)
        for name, bound in given.items()
        if bound is not None
    )
