"""JSON schemas that callers send: what is taken, and within which limits.

A schema is data of a stranger. Here it becomes one without references, of a size that bounds all
work with it, and whose patterns are matched in linear time.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from footnote.answering.json_schema import LONGEST_PROBLEM, Schema, check_form, check_pattern
from footnote.answering.output_values import inner_values
from footnote.domain.errors import InvalidRequestError

LONGEST_SCHEMA = 16_000
# Of keywords and names: each level of an object takes two.
DEEPEST = 20
# Schemas within the schema, and values of its enums: both with all references written out.
MOST_PARTS = 200
MOST_VALUES = 1_000

_ONE = ("items", "additionalProperties")
_SEVERAL = ("anyOf", "oneOf", "allOf", "prefixItems")
_NAMED = ("properties",)
_DEFINITIONS = ("$defs", "definitions")
_PLAIN = frozenset(
    [
        *("type", "enum", "const", "required", "title", "description", "default", "examples"),
        *("minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minProperties", "maxProperties"),
    ]
)
_DIALECTS = (
    "https://json-schema.org/draft/2020-12/schema",
    "http://json-schema.org/draft-07/schema",
)

type _Path = tuple[str, ...]


def checked_schema(schema: Schema) -> Schema:
    """The schema with every reference replaced by what it points to.

    Raises:
        InvalidRequestError: it is too large or too deep, has a keyword that is not supported, or is
            none; the message says where.
    """
    _check_size(schema)
    _check_dialect(schema)
    whole: Schema = _Writing(schema).written(schema, ("output_schema",), ())
    check_form(whole)
    return whole


def labels_of(schema: object) -> frozenset[str]:
    """The texts that a schema itself names: the caller's own words, as names and as values."""
    return frozenset(_labels(schema))


def _labels(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        for keyword, value in schema.items():
            if keyword in ("enum", "const"):
                yield from _texts(value)
            if keyword == "properties" and isinstance(value, dict):
                yield from value
    for inner in inner_values(schema):
        yield from _labels(inner)


def _texts(value: object) -> Iterator[str]:
    """Every text within a value, names included."""
    if isinstance(value, str):
        yield value
    if isinstance(value, dict):
        yield from value
    for inner in inner_values(value):
        yield from _texts(inner)


class _Writing:
    """Writes a schema's references out, and counts what that comes to."""

    def __init__(self, root: Schema) -> None:
        self._definitions = {
            f"#/{keyword}/{name}": part
            for keyword in _DEFINITIONS
            if isinstance(root.get(keyword), dict)
            for name, part in root[keyword].items()
        }
        self._parts = 0
        self._values = 0

    def written(self, schema: object, path: _Path, followed: tuple[str, ...]) -> Any:
        """The schema at a path of the whole; `followed` are the references that led there."""
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict):
            raise InvalidRequestError(f"{_told(path)} is no schema")
        self._count(schema, len(path) + len(followed))
        inner = {
            keyword: self._keyword(value, (*path, keyword), followed)
            for keyword, value in schema.items()
            if keyword not in {"$ref", "$schema", *_DEFINITIONS}
        }
        if "$ref" not in schema:
            return inner
        target = self._target(schema["$ref"], path, followed)
        return {"allOf": [target, inner]} if inner else target

    def _keyword(self, value: Any, path: _Path, followed: tuple[str, ...]) -> Any:
        keyword = path[-1]
        if keyword in _ONE:
            return self.written(value, path, followed)
        if keyword in _SEVERAL and isinstance(value, list):
            return [self.written(one, (*path, str(at)), followed) for at, one in enumerate(value)]
        if keyword in _NAMED and isinstance(value, dict):
            return {name: self.written(one, (*path, name), followed) for name, one in value.items()}
        if keyword not in {*_PLAIN, *_SEVERAL, *_NAMED}:
            message = f"{_told(path)}: this keyword is not supported in an output_schema"
            raise InvalidRequestError(message)
        if keyword == "pattern":
            check_pattern(value, _told(path))
        return value

    def _count(self, schema: Mapping[str, Any], depth: int) -> None:
        self._parts += 1
        values = schema.get("enum")
        self._values += len(values) if isinstance(values, list) else 0
        if depth > DEEPEST:
            raise InvalidRequestError(f"output_schema is nested deeper than {DEEPEST} levels")
        if self._parts > MOST_PARTS or self._values > MOST_VALUES:
            raise InvalidRequestError(
                f"output_schema has more than {MOST_PARTS} schemas in it, or {MOST_VALUES} values"
                " in its enums, with its references written out"
            )

    def _target(self, reference: object, path: _Path, followed: tuple[str, ...]) -> Any:
        if not isinstance(reference, str) or reference not in self._definitions:
            raise InvalidRequestError(
                f"{_told(path)}.$ref has to be #/$defs/ and a name that is defined there"
            )
        if reference in followed:
            raise InvalidRequestError(f"{_told(path)}.$ref leads back to itself")
        return self.written(self._definitions[reference], path, (*followed, reference))


def _told(path: _Path) -> str:
    return ".".join(path)[:LONGEST_PROBLEM]


def _check_size(schema: Schema) -> None:
    level: list[object] = [schema]
    # Defaults and values nest as well; what is deeper than this is never looked into.
    for _ in range(2 * DEEPEST):
        level = [inner for value in level for inner in inner_values(value)]
    if level:
        message = f"output_schema is nested deeper than {2 * DEEPEST} levels"
        raise InvalidRequestError(message)
    try:
        size = len(json.dumps(schema, ensure_ascii=False, allow_nan=False).encode())
    except UnicodeEncodeError:
        message = "output_schema must not hold an unpaired surrogate"
        raise InvalidRequestError(message) from None
    except ValueError:
        message = "output_schema holds a number that JSON does not have, such as NaN or 1e999"
        raise InvalidRequestError(message) from None
    if size > LONGEST_SCHEMA:
        message = f"output_schema has more than {LONGEST_SCHEMA} bytes"
        raise InvalidRequestError(message)


def _check_dialect(schema: Schema) -> None:
    dialect = str(schema.get("$schema", _DIALECTS[0])).rstrip("#")
    if dialect not in _DIALECTS:
        raise InvalidRequestError(f"output_schema.$schema has to be {_DIALECTS[0]}")
