"""JSON schemas that callers send: what is taken, within which limits, and what breaks them.

A schema is data of a stranger. Here it becomes one without references, of a size that bounds all
work with it, and whose patterns are matched in linear time.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from footnote.domain.errors import InvalidRequestError

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

LONGEST_SCHEMA = 16_000
# Of keywords and names: each level of an object takes two.
DEEPEST = 20
# Schemas within the schema, and values of its enums: both with all references written out.
MOST_PARTS = 200
MOST_VALUES = 1_000
LONGEST_PATTERN = 200
MOST_PROBLEMS = 5
_LONGEST_PROBLEM = 200
_PATTERN_BYTES = 2**20

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

type Schema = Mapping[str, Any]
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
    _check_form(whole)
    return whole


def problems_of(value: Any, schema: Schema) -> list[str]:
    """Where a value is not what a checked schema asks for, in the schema's words; a few at most."""
    errors = _dialect()(schema).iter_errors(value)
    try:
        return [_problem(error)[:_LONGEST_PROBLEM] for error in islice(errors, MOST_PROBLEMS)]
    except OverflowError:
        return ["output: a number is too large to be compared"]


def labels_of(schema: object) -> frozenset[str]:
    """The texts that a schema itself names: the caller's own words, as names and as values."""
    if isinstance(schema, list):
        return frozenset().union(*map(labels_of, schema))
    if not isinstance(schema, dict):
        return frozenset()
    values = [*schema.get("enum", ()), schema.get("const"), *schema.get("properties", ())]
    own = frozenset(value for value in values if isinstance(value, str))
    return own.union(*map(labels_of, schema.values()))


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
            _check_pattern(value, _told(path))
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
    return ".".join(path)[:_LONGEST_PROBLEM]


def _check_size(schema: Schema) -> None:
    try:
        size = len(json.dumps(schema))
    except RecursionError:
        size = LONGEST_SCHEMA + 1
    if size > LONGEST_SCHEMA:
        message = f"output_schema has more than {LONGEST_SCHEMA} characters"
        raise InvalidRequestError(message)


def _check_dialect(schema: Schema) -> None:
    dialect = str(schema.get("$schema", _DIALECTS[0])).rstrip("#")
    if dialect not in _DIALECTS:
        raise InvalidRequestError(f"output_schema.$schema has to be {_DIALECTS[0]}")


def _check_form(schema: Schema) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        place = _place(error.json_path).replace("output", "output_schema", 1)
        message = f"{place}: {error.message}"[:_LONGEST_PROBLEM]
        raise InvalidRequestError(message) from None


def _check_pattern(pattern: object, place: str) -> None:
    import re2

    if not isinstance(pattern, str) or len(pattern) > LONGEST_PATTERN:
        raise InvalidRequestError(f"{place} has to be a text of {LONGEST_PATTERN} characters")
    try:
        _compiled(pattern)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise InvalidRequestError(f"{place} cannot be matched (RE2): {reason}") from None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:
    """Matched by RE2, whose time grows with the text alone, whatever the pattern is."""
    import re2

    options = re2.Options()
    options.max_mem = _PATTERN_BYTES
    options.log_errors = False
    return re2.compile(pattern, options)


def _matches(_: object, pattern: str, value: object, __: object) -> Iterator[Any]:
    from jsonschema import ValidationError

    if isinstance(value, str) and not _compiled(pattern).search(value):
        yield ValidationError("it does not match")


@cache
def _dialect() -> Callable[..., "Validator"]:
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.validators import extend

    known = extend(Draft202012Validator, {"pattern": _matches})  # type: ignore[no-untyped-call]
    formats = FormatChecker(formats=("date", "email", "ipv4", "ipv6", "uuid"))
    return lambda schema: known(schema, format_checker=formats)


def _problem(error: "ValidationError") -> str:
    """Names what is wrong, and nothing that the value holds: callers are shown it."""
    place, wanted = _place(error.json_path), cast("Any", error.validator_value)
    if error.validator == "required" and isinstance(error.instance, dict):
        missing = [name for name in wanted if name not in error.instance]
        return f"{place} has to have {json.dumps(missing)}"
    if error.validator == "additionalProperties":
        return f"{place} has names that the schema does not know"
    return f"{place} has to meet {error.validator} {json.dumps(wanted)}"


def _place(json_path: str) -> str:
    """`$.total` as people who read the reply know it: `output.total`."""
    return json_path.replace("$", "output", 1)
