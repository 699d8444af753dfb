import random
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from footnote.domain.filter import And, Equals, Exists, Filter, In, Not, Or, Range
from footnote.http.filters import DEEPEST, MOST_CONDITIONS, MOST_VALUES, FilterBody

ADAPTER: TypeAdapter[Any] = TypeAdapter(FilterBody)
EXISTS = {"exists": {"key": "year"}}


def read(form: object) -> Filter:
    filter_: Filter = ADAPTER.validate_python(form).to_filter()
    return filter_


def nested(levels: int) -> dict[str, Any]:
    form: dict[str, Any] = EXISTS
    for _ in range(levels - 1):
        form = {"not": form}
    return form


def test_every_member_of_the_grammar_is_read() -> None:
    form = {
        "and": [
            {"or": [{"equals": {"key": "product", "value": "router"}}, EXISTS]},
            {"in": {"key": "size", "values": [1, 2.5, True, "x"]}},
            {"not": {"range": {"key": "on", "gte": "2026-01-01", "lt": "2027"}}},
        ]
    }
    assert read(form) == And(
        parts=(
            Or(parts=(Equals(key="product", value="router"), Exists(key="year"))),
            In(key="size", values=(1, 2.5, True, "x")),
            Not(part=Range(key="on", gte="2026-01-01", lt="2027")),
        )
    )


@pytest.mark.parametrize("value", [1, 1.0, True, "1", 10**50])
def test_a_value_keeps_its_type(value: object) -> None:
    found = read({"equals": {"key": "k", "value": value}})
    assert isinstance(found, Equals)
    assert (type(found.value), found.value) == (type(value), value)


@pytest.mark.parametrize(
    "form",
    [
        {},
        [],
        "product=router",
        {"equals": None},
        {"equals": {"key": "k"}},
        {"equals": {"key": "", "value": 1}},
        {"equals": {"key": "k", "value": None}},
        {"equals": {"key": "k", "value": [1]}},
        {"equals": {"key": "k", "value": {"a": 1}}},
        {"equals": {"key": "k", "value": float("inf")}},
        {"equals": {"key": "k\0", "value": 1}},
        {"equals": {"key": "k", "value": "\ud800"}},
        {"equals": {"key": "k", "value": 1, "kb": "other"}},
        {"equals": {"key": "k" * 300, "value": 1}},
        {"equals": {"key": "k", "value": 1}, **EXISTS},
        {"in": {"key": "k", "values": []}},
        {"in": {"key": "k", "values": [1] * (MOST_VALUES + 1)}},
        {"range": {"key": "k"}},
        {"range": {"key": "k", "gt": True}},
        {"range": {"key": "k", "gt": 1, "lt": None}},
        {"\ud800": None},
        {"equals": {"\udfff": None}},
        {**EXISTS, "and": None},
        {"range": {"key": "k", "gt": 1, "lt": "2"}},
        {"and": []},
        {"or": {}},
        {"not": []},
        {"matches": {"key": "k", "value": ".*"}},
        {"and": [EXISTS] * (MOST_CONDITIONS + 1)},
    ],
)
def test_what_is_no_filter_or_too_large_is_refused_with_its_place(form: object) -> None:
    with pytest.raises(ValidationError) as refused:
        read(form)
    assert refused.value.errors()[0]["msg"]


@pytest.mark.parametrize("levels", [DEEPEST + 1, 100_000])
def test_a_filter_that_is_too_deep_is_refused_without_walking_through_it(levels: int) -> None:
    with pytest.raises(ValidationError, match=f"{DEEPEST} levels deep at most"):
        read(nested(levels))


def test_the_limits_themselves_are_within() -> None:
    read(nested(DEEPEST))
    read({"and": [EXISTS] * (MOST_CONDITIONS - 1)})
    read({"in": {"key": "k", "values": list(range(MOST_VALUES))}})


def test_random_json_is_read_or_refused_and_nothing_else() -> None:
    choose = random.Random(11)
    names = ["equals", "in", "range", "exists", "and", "or", "not", "key", "value", "values", "gt"]

    def anything(depth: int) -> Any:
        kind = choose.randrange(6 if depth else 4)
        if kind == 4:
            return [anything(depth - 1) for _ in range(choose.randrange(4))]
        if kind == 5:
            count = choose.randrange(4)
            return {choose.choice(names): anything(depth - 1) for _ in range(count)}
        return choose.choice([None, True, 1, -2.5, "", "x", "\0"])

    for _ in range(5_000):
        try:
            read(anything(5))
        except ValidationError as refused:
            assert refused.error_count() > 0  # noqa: PT017
