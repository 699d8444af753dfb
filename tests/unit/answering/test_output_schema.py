"""JSON schemas of strangers: what is taken, and that nothing in them costs more than it may."""

import json
import socket
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footnote.answering.json_schema import LONGEST_PATTERN, problems_of
from footnote.answering.output_schema import (
    LONGEST_SCHEMA,
    MOST_PARTS,
    MOST_VALUES,
    checked_schema,
    labels_of,
)
from footnote.domain.errors import InvalidRequestError

MONEY = {"type": "object", "properties": {"amount": {"type": "number", "minimum": 0}}}
INVOICE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "number": {"type": "string", "pattern": "^INV-[0-9]+$"},
        "due": {"type": ["string", "null"], "format": "date"},
        "total": {"$ref": "#/$defs/money"},
        "kind": {"enum": ["bill", "reminder"], "description": "what it is"},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/money"}, "maxItems": 3},
    },
    "required": ["number", "total"],
    "additionalProperties": False,
    "$defs": {"money": MONEY},
}
GOOD = {"number": "INV-7", "due": "2026-03-01", "total": {"amount": 3.5}, "kind": "bill"}


def test_references_are_written_out_so_that_none_is_ever_followed() -> None:
    schema = checked_schema(INVOICE)
    assert "$ref" not in json.dumps(schema)
    assert schema["properties"]["total"] == schema["properties"]["lines"]["items"] == MONEY
    assert checked_schema({"$ref": "#/$defs/a", "maximum": 3, "$defs": {"a": {"minimum": 1}}}) == {
        "allOf": [{"minimum": 1}, {"maximum": 3}]
    }


def test_a_value_that_fits_has_no_problems() -> None:
    assert problems_of(GOOD, checked_schema(INVOICE)) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"number": "7"}, 'output.number has to meet pattern "^INV'),
        ({"number": 7}, 'output.number has to meet type "string"'),
        ({"due": "tomorrow"}, 'output.due has to meet format "date"'),
        ({"total": {"amount": -1}}, "output.total.amount has to meet minimum 0"),
        ({"lines": [{}, {"amount": "x"}]}, 'output.lines[1].amount has to meet type "number"'),
        ({"lines": [{}] * 4}, "output.lines has to meet maxItems 3"),
        ({"kind": "note"}, 'output.kind has to meet enum ["bill"'),
        ({"more": 1}, "output has names that"),
    ],
)
def test_a_value_that_does_not_fit_is_told_where_and_why(
    changes: dict[str, Any], problem: str
) -> None:
    (told,) = problems_of(GOOD | changes, checked_schema(INVOICE))
    assert told.startswith(problem)


def test_only_a_few_problems_are_told_and_each_in_short() -> None:
    schema = checked_schema({"type": "array", "items": {"type": "string"}})
    problems = problems_of([list(range(500))] * 50, schema)
    assert problems == [f'output[{at}] has to meet type "string"' for at in range(5)]
    long = checked_schema({"anyOf": [{"const": "x" * 900}]})
    assert [len(problem) for problem in problems_of(1, long)] == [200]


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"inner": schema}}
    return schema


def bomb(levels: int, width: int) -> dict[str, Any]:
    """Multiplies with each level: a billion schemas, in a few lines."""
    definitions: dict[str, Any] = {"d0": {"type": "string"}}
    for level in range(1, levels + 1):
        below = {"$ref": f"#/$defs/d{level - 1}"}
        definitions[f"d{level}"] = {"anyOf": [below] * width}
    return {"$ref": f"#/$defs/d{levels}", "$defs": definitions}


DEEP_DEFAULT: dict[str, Any] = {"default": []}
for _ in range(100_000):
    DEEP_DEFAULT = {"default": [DEEP_DEFAULT["default"]]}
TREE = {"properties": {"left": {"$ref": "#/$defs/tree"}}}


@pytest.mark.parametrize(
    ("schema", "what"),
    [
        ({"$ref": "https://evil.example/schema.json"}, "has to be #/$defs/"),
        ({"$ref": "file:///etc/passwd"}, "has to be #/$defs/"),
        ({"$ref": "#"}, "has to be #/$defs/"),
        ({"$ref": "#/$defs/none", "$defs": {}}, "has to be #/$defs/"),
        ({"$ref": ["#/$defs/a"], "$defs": {"a": {}}}, "has to be #/$defs/"),
        ({"$ref": "#/$defs/tree", "$defs": {"tree": TREE}}, "leads back to itself"),
        ({"$id": "https://evil.example/"}, "$id: this keyword is not supported"),
        ({"$dynamicRef": "#x"}, "not supported"),
        ({"patternProperties": {"(a+)+$": {}}}, "not supported"),
        ({"properties": {"a": {"if": {}}}}, "output_schema.properties.a.if: this keyword"),
        ({"$schema": "https://evil.example/meta"}, "$schema"),
        ({"properties": {"a": 7}}, "output_schema.properties.a is no schema"),
        ({"properties": []}, "is not of type"),
        ({"type": "text"}, "output_schema.type"),
        ({"anyOf": []}, "output_schema.anyOf"),
        ({"pattern": "(?=a)b"}, "output_schema.pattern cannot be matched"),
        ({"pattern": r"(a)\1"}, "cannot be matched"),
        ({"pattern": "("}, "cannot be matched"),
        ({"pattern": "((((a{50}){50}){50}){50})"}, "cannot be matched"),
        ({"pattern": 7}, "has to be a text"),
        ({"pattern": "a" * (LONGEST_PATTERN + 1)}, "has to be a text"),
        ({"description": "x" * LONGEST_SCHEMA}, "more than"),
        ({"pattern": "\ud800"}, "surrogate"),
        ({"properties": {"\udfff": {}}}, "surrogate"),
        ({"maximum": float("nan")}, "a number that JSON does not have"),
        ({"default": [float("inf")]}, "a number that JSON does not have"),
        (nested(12), "deeper"),
        ({"anyOf": [{}] * MOST_PARTS}, "more than"),
        ({"enum": list(range(MOST_VALUES + 1))}, "more than"),
        (bomb(40, 2), "deeper"),
        (bomb(4, 6), "more than"),
        (DEEP_DEFAULT, "deeper"),
        ({"enum": [json.loads("[" * 400 + "]" * 400)]}, "deeper"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_taken_is_refused_at_once_by_name(schema: dict[str, Any], what: str) -> None:
    began = time.perf_counter()
    with pytest.raises(InvalidRequestError, match="output_schema") as caught:
        checked_schema(schema)
    assert what in str(caught.value)
    assert len(str(caught.value)) < 400
    assert time.perf_counter() - began < 5


def test_a_pattern_takes_linear_time_whatever_it_is() -> None:
    schema = checked_schema({"type": "string", "pattern": "^(a+)+(a|a)*(.*.*.*.*)+$"})
    began = time.perf_counter()
    assert len(problems_of("a" * 20_000 + "\n!", schema)) <= 1
    assert time.perf_counter() - began < 2


def test_a_pattern_is_one_of_re2_whatever_python_would_say_of_it() -> None:
    greek = checked_schema({"pattern": r"^\p{Greek}+$"})
    assert problems_of("\u03b1\u03b2", greek) == []
    assert problems_of("ab", greek) != []
    # No repetition to RE2, and one that is too large to Python.
    assert problems_of("a", checked_schema({"pattern": "a{99999999999999999999}"})) != []


def test_the_largest_output_is_checked_against_the_largest_schema_in_seconds() -> None:
    branches = [{"type": "object", "properties": {f"p{at}": {"minLength": at}}} for at in range(90)]
    schema = checked_schema({"items": {"oneOf": branches}, "uniqueItems": True})
    began = time.perf_counter()
    assert problems_of([{f"p{at}": "x"} for at in range(500)], schema)
    assert time.perf_counter() - began < 10


def test_odd_numbers_break_nothing() -> None:
    schema = checked_schema({"items": {"multipleOf": 1e-300, "type": "number"}})
    assert problems_of([1e308, 10**400, -0.0, 5e-324], schema) is not None


def test_half_a_sign_breaks_no_pattern() -> None:
    schema = checked_schema({"type": "string", "pattern": "^a"})
    assert problems_of("\ud800", schema) == ['output has to meet pattern "^a"']


def test_the_callers_own_words_are_known() -> None:
    schema = {"properties": {"kind": {"enum": ["<none>", 7]}, "x": {"const": {"y": ["Z"]}}}}
    assert labels_of(schema) == {"kind", "x", "<none>", "y", "Z"}


def test_no_schema_reaches_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket, "socket", forbidden)
    assert problems_of({"a": 1}, checked_schema({"properties": {"a": {"type": "string"}}}))


KEYWORDS = st.sampled_from(
    [
        *("type", "enum", "const", "properties", "required", "additionalProperties", "items"),
        *("anyOf", "oneOf", "allOf", "prefixItems", "pattern", "format", "minimum", "multipleOf"),
        *("maxLength", "minItems", "uniqueItems", "maxProperties", "$defs", "$ref", "default"),
        *("$schema", "definitions", "title", "not", "a"),
    ]
)
WORDS = st.sampled_from(
    ["object", "string", "array", "number", "null", "#/$defs/a", "date", "email", "^a+$", "(", ""]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYWORDS, inner, max_size=4),
    max_leaves=25,
)


@settings(max_examples=600, deadline=None, derandomize=True, database=None)
@given(schema=st.dictionaries(KEYWORDS, JSON, max_size=5), value=JSON)
def test_any_json_is_a_schema_or_refused_and_any_value_fits_or_not(
    schema: dict[str, Any], value: Any
) -> None:
    try:
        checked = checked_schema(schema)
    except InvalidRequestError:
        return
    assert "$ref" not in checked
    assert all(isinstance(problem, str) for problem in problems_of(value, checked))
    assert labels_of(checked) is not None
