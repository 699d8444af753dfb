"""The one place where errors become HTTP: a status, a code, and a message for the caller."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from footnote.domain.errors import (
    FootnoteError,
    ForbiddenError,
    InvalidRequestError,
    ModelRefusedError,
    ModelUnavailableError,
    NoModelError,
    NotFoundError,
    ObjectMissingError,
    ObjectStorageUnavailableError,
    OutputInvalidError,
    RateLimitedError,
    RequestError,
    TooLargeError,
    TransientError,
    UnauthorizedError,
    UnprocessableError,
)
from footnote.http.event_contracts import ErrorEvent, ErrorReply
from footnote.observability import logger

_STATUS: tuple[tuple[type[FootnoteError], HTTPStatus, str], ...] = (
    (InvalidRequestError, HTTPStatus.BAD_REQUEST, "bad_request"),
    (UnauthorizedError, HTTPStatus.UNAUTHORIZED, "unauthorized"),
    (ForbiddenError, HTTPStatus.FORBIDDEN, "forbidden"),
    (RateLimitedError, HTTPStatus.TOO_MANY_REQUESTS, "rate_limited"),
    (NotFoundError, HTTPStatus.NOT_FOUND, "not_found"),
    (ObjectMissingError, HTTPStatus.NOT_FOUND, "not_found"),
    (TooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large"),
    (NoModelError, HTTPStatus.UNPROCESSABLE_ENTITY, "no_model"),
    (OutputInvalidError, HTTPStatus.UNPROCESSABLE_ENTITY, "output_invalid"),
    (UnprocessableError, HTTPStatus.UNPROCESSABLE_ENTITY, "unprocessable"),
    (TransientError, HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    # The deployment's own key or model name is wrong: the caller can only come back later.
    (ModelRefusedError, HTTPStatus.SERVICE_UNAVAILABLE, "model_refused"),
)
# What an endpoint says is for whoever runs this, and is in the logs; callers learn what to do.
_MESSAGES_FOR_CALLERS: tuple[tuple[type[FootnoteError], str], ...] = (
    (ModelUnavailableError, "the model cannot be reached; try again in a moment"),
    (ModelRefusedError, "the model is not set up correctly; the logs tell its operator why"),
    (ObjectStorageUnavailableError, "the bucket cannot be reached; try again in a moment"),
)
# Their messages hold nothing of what was asked.
_WITH_REASON = (UnauthorizedError, ForbiddenError, RateLimitedError, NoModelError)
RETRY_AFTER_S, _LONGEST_WAIT_S = 2, 3600


def failure(error: FootnoteError, request_id: str) -> Response[str]:
    """The reply for an error that Footnote raised."""
    return _reply(_status(error), told_error(error, request_id), _headers(error))


def told_error(error: FootnoteError | None, request_id: str) -> ErrorReply:
    """What callers are told of an error; of one that nobody foresaw, nothing of the inside."""
    for kind, _, code in _STATUS:
        if isinstance(error, kind):
            message = _message_for_callers(error)
            return ErrorReply(code=code, message=message, request_id=request_id)
    message = "something went wrong on our side; the request id finds it in the logs"
    return ErrorReply(code="internal", message=message, request_id=request_id)


def explained(problem: Mapping[str, Any]) -> str:
    """A validation problem in words: where it is and what is wrong."""
    place = ".".join(str(part) for part in problem["loc"] if part not in {"body", "query", "path"})
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "missing" and not place:
        return "there is no body; send a JSON object, as in /openapi.json"
    if problem["type"] == "too_long" and isinstance(problem.get("input"), str):
        # Pydantic speaks of items, where something else looks at a text before its length counts.
        message = f"may have {problem['ctx']['max_length']} characters at most"
    return f"{place}: {message}" if place else message


def log_refusal(what: str, error: FootnoteError) -> None:
    """Tell whoever runs this. What is wrong with a request repeats it, and is for its caller."""
    of_request = isinstance(error, RequestError) and not isinstance(error, _WITH_REASON)
    reason = None if of_request else str(error)
    logger.warning(what, error=type(error).__name__, reason=reason)


def _status(error: FootnoteError) -> HTTPStatus:
    found = (status for kind, status, _ in _STATUS if isinstance(error, kind))
    return next(found, HTTPStatus.INTERNAL_SERVER_ERROR)


def _message_for_callers(error: FootnoteError) -> str:
    for kind, message in _MESSAGES_FOR_CALLERS:
        if isinstance(error, kind):
            return message
    return str(error)


def internal_failure(request_id: str) -> Response[str]:
    """The reply for an error that nobody foresaw: it tells nothing of the inside."""
    return _reply(HTTPStatus.INTERNAL_SERVER_ERROR, told_error(None, request_id), {})


def _headers(error: FootnoteError) -> dict[str, str]:
    if isinstance(error, RateLimitedError):
        return {"Retry-After": str(math.ceil(error.retry_after_s))}
    if isinstance(error, UnauthorizedError):
        return {"WWW-Authenticate": "Bearer"}
    if _status(error) != HTTPStatus.SERVICE_UNAVAILABLE:
        return {}
    asked_s = error.retry_after_s if isinstance(error, ModelUnavailableError) else None
    wait_s = min(max(RETRY_AFTER_S, math.ceil(asked_s or 0)), _LONGEST_WAIT_S)
    return {"Retry-After": str(wait_s)}


def _reply(status: HTTPStatus, error: ErrorReply, headers: dict[str, str]) -> Response[str]:
    """The contract's form of an error."""
    body = ErrorEvent(error=error).model_dump_json()
    return Response(status_code=status, content_type="application/json", body=body, headers=headers)
