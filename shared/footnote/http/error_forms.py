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
# As the service model of bedrock-agent-runtime has them, so that clients raise what they know.
_AWS_ERRORS = {
    "unauthorized": (HTTPStatus.FORBIDDEN, "AccessDeniedException"),
    "forbidden": (HTTPStatus.FORBIDDEN, "AccessDeniedException"),
    "not_found": (HTTPStatus.NOT_FOUND, "ResourceNotFoundException"),
    "rate_limited": (HTTPStatus.TOO_MANY_REQUESTS, "ThrottlingException"),
    "unavailable": (HTTPStatus.BAD_GATEWAY, "BadGatewayException"),
    "model_refused": (HTTPStatus.FAILED_DEPENDENCY, "DependencyFailedException"),
    "internal": (HTTPStatus.INTERNAL_SERVER_ERROR, "InternalServerException"),
}
_AWS_INVALID = (HTTPStatus.BAD_REQUEST, "ValidationException")
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


def _in_aws_form(error: Json, result: Result) -> Result:
    """An exception of Bedrock's; its name stands twice, since fronts may drop the header."""
    status, name = _AWS_ERRORS.get(error["code"], _AWS_INVALID)
    headers = {"x-amzn-ErrorType": [name], "x-amzn-RequestId": [error["request_id"]]}
    return result | {
        "statusCode": status.value,
        "multiValueHeaders": result["multiValueHeaders"] | headers,
        "body": json.dumps({"message": error["message"], "__type": name}),
    }


_FORMS: tuple[tuple[str, Callable[[Json, Result], Result]], ...] = (
    ("/v1/chat/completions/", _in_openai_form),
    ("/v1/models/", _in_openai_form),
    ("/mcp/", _in_json_rpc_form),
    ("/bedrock/", _in_aws_form),
)
