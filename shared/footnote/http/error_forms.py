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
# JSON-RPC 2.0: invalid request, internal error; others are the server's own to choose.
_JSON_RPC_CODES = {"bad_request": -32600, "internal": -32603}
_JSON_RPC_OTHER = -32000


def in_form_of(path: str, result: Result) -> Result:
    """A result; where it is an error and the path is one of those, in the form that fits it."""
    form = next((form for start, form in _FORMS if f"{path}/".startswith(start)), None)
    if form is None or result["statusCode"] < HTTPStatus.BAD_REQUEST:
        return result
    try:
        error = json.loads(result["body"])["error"]
    except (ValueError, TypeError, KeyError):  # it has no body
        return result
    return form(error, result) if "request_id" in error else result


def _in_openai_form(error: Json, result: Result) -> Result:
    """The same with what OpenAI's clients look at besides."""
    status = result["statusCode"]
    server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    kind = "server_error" if server else _OPENAI_TYPES.get(status, "invalid_request_error")
    more = {"type": kind, "param": None}
    return result | {"body": json.dumps({"error": error | more})}


def _in_json_rpc_form(error: Json, result: Result) -> Result:
    """An error of JSON-RPC to a message whose id was not looked at."""
    code = _JSON_RPC_CODES.get(error["code"], _JSON_RPC_OTHER)
    data = {"code": error["code"], "request_id": error["request_id"]}
    told = {"code": code, "message": error["message"], "data": data}
    return result | {"body": json.dumps({"jsonrpc": "2.0", "id": None, "error": told})}


_FORMS: tuple[tuple[str, Callable[[Json, Result], Result]], ...] = (
    ("/v1/chat/completions/", _in_openai_form),
    ("/v1/models/", _in_openai_form),
    ("/mcp/", _in_json_rpc_form),
)
