"""Errors in the forms that other people's clients know, on the paths that these clients call."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

type Json = dict[str, Any]
type Result = dict[str, Any]

_OPENAI_TYPES = {
    HTTPStatus.UNAUTHORIZED: "authentication_error",
    HTTPStatus.FORBIDDEN: "permission_error",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_error",
}


def in_form_of(path: str, result: Result) -> Result:
    """A result; where it is an error and the path is one of those, in the form that fits it."""
    form = next((form for start, form in _FORMS if f"{path}/".startswith(start)), None)
    if form is None or result["statusCode"] < HTTPStatus.BAD_REQUEST:
        return result
    try:
        error = json.loads(result["body"])["error"]
    except (ValueError, TypeError, KeyError):  # it has a form of its own already
        return result
    return form(error, result)


def _in_openai_form(error: Json, result: Result) -> Result:
    """The same with what OpenAI's clients look at besides."""
    status = result["statusCode"]
    server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    kind = "server_error" if server else _OPENAI_TYPES.get(status, "invalid_request_error")
    more = {"type": kind, "param": None}
    return result | {"body": json.dumps({"error": error | more})}


_FORMS: tuple[tuple[str, Callable[[Json, Result], Result]], ...] = (
    ("/v1/chat/completions/", _in_openai_form),
    ("/v1/models/", _in_openai_form),
)
