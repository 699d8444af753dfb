"""What a JSON schema means: which values fit it, in time that its size and theirs bound."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from footnote.domain.errors import InvalidRequestError

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

LONGEST_PATTERN = 200
MOST_PROBLEMS = 5
LONGEST_PROBLEM = 200
_PATTERN_BYTES = 2**20

type Schema = Mapping[str, Any]


def problems_of(value: Any, schema: Schema) -> list[str]:
    """Where a value is not what a checked schema asks for, in the schema's words; a few at most."""
    errors = _dialect()(schema).iter_errors(value)
    try:
        return [_problem(error)[:LONGEST_PROBLEM] for error in islice(errors, MOST_PROBLEMS)]
    except OverflowError:
        return ["output: a number is too large to be compared"]


def check_form(schema: Schema) -> None:
    """Refuse what is no JSON schema, with an InvalidRequestError that says where."""
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.exceptions import SchemaError

    try:
        # Patterns are RE2's, whose form is another one than that of Python's own.
        Draft202012Validator.check_schema(schema, format_checker=FormatChecker(()))
    except SchemaError as error:
        place = _place(error.json_path).replace("output", "output_schema", 1)
        message = f"{place}: {error.message}"[:LONGEST_PROBLEM]
        raise InvalidRequestError(message) from None


def check_pattern(pattern: object, place: str) -> None:
    """Refuse what cannot be matched in linear time, with an InvalidRequestError."""
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

    # RE2 reads UTF-8, which has no halves of signs.
    whole = value.encode(errors="replace").decode() if isinstance(value, str) else ""
    if isinstance(value, str) and not _compiled(pattern).search(whole):
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
