"""The OpenAPI description of the API: what Powertools makes of the routes, made true."""

from collections.abc import Callable
from typing import Any

from footnote.http.event_contracts import ErrorEvent

type Schema = dict[str, Any]

# What each operation may answer besides what it is for.
_ERRORS = {
    "400": "the body or a parameter is not well formed",
    "401": "no key, or none that is valid",
    "403": "the key does not permit this",
    "404": "there is no such thing, or none that the key reaches",
    "413": "over a named limit",
    "422": "well formed, but impossible",
    "429": "too often, or too much; `Retry-After` tells from when on it may be allowed",
    "500": "an error of the server",
    "503": "something that is needed is down; `Retry-After` tells when to come back",
}
_KEYS = {"key": {"type": "http", "scheme": "bearer", "description": "`sk_...` or `pk_...`"}}


def described(schema: Schema, is_open: Callable[[str], bool]) -> Schema:
    """The description, with keys and with the one form of errors.

    `is_open` tells which paths want no key.
    """
    components = schema["components"]
    components["securitySchemes"] = _KEYS
    # The form that Powertools gives its own refusals, which no caller ever sees.
    for name in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(name, None)
    form = ErrorEvent.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= form.pop("$defs", {}) | {"ErrorEvent": form}
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"] |= {status: _error(why) for status, why in _ERRORS.items()}
            if is_open(path):
                operation["security"] = []
    return schema | {"security": [{"key": []}]}


def _error(why: str) -> Schema:
    form = {"$ref": "#/components/schemas/ErrorEvent"}
    return {"description": why, "content": {"application/json": {"schema": form}}}
