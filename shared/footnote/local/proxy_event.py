"""HTTP requests as API Gateway's REST proxy events, and a function's result as an HTTP response.

Source: Amazon API Gateway Developer Guide, "Lambda proxy integrations in API Gateway".
"""

import base64
import binascii
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

STAGE = "local"
# The header that API Gateway gives to every reply.
REQUEST_ID = "x-amzn-RequestId"
# The one route with a function of its own, as in `template.yaml`; all others are one resource.
STREAMED = ("POST", "/v1/ask/stream")

type Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request as it came in; `target` is the path with its query, percent-encoded.

    Its id is made here, as API Gateway does: it is in the reply and in every log.
    """

    method: str
    target: str
    headers: Headers
    body: bytes
    source_ip: str
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def path(self) -> str:
        """The path alone, as people write it."""
        return unquote(urlsplit(self.target).path) or "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A response as it goes out."""

    status: int
    headers: Headers
    body: bytes


def identified(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """The response with the id of its request."""
    headers = (*response.headers, (REQUEST_ID, request.request_id))
    return replace(response, headers=headers)


class MalformedResultError(Exception):
    """API Gateway's "malformed Lambda proxy response": the result is no HTTP response."""


def proxy_event(request: HttpRequest, *, now: datetime) -> dict[str, object]:
    """The event that a REST API with a `/{proxy+}` resource sends."""
    parts = urlsplit(request.target)
    path = request.path
    query = parse_qsl(parts.query, keep_blank_values=True)
    is_own = path == "/" or (request.method, path) == STREAMED
    resource = path if is_own else "/{proxy+}"
    body, is_base64 = _event_body(request.body)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": request.method,
        "headers": dict(request.headers) or None,
        "multiValueHeaders": _multi_value(request.headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _multi_value(tuple(query)),
        "pathParameters": None if is_own else {"proxy": path.removeprefix("/")},
        "stageVariables": None,
        "requestContext": _request_context(request, path, resource, now),
        "body": body,
        "isBase64Encoded": is_base64,
    }


def _request_context(
    request: HttpRequest, path: str, resource: str, now: datetime
) -> dict[str, object]:
    headers = {name.lower(): value for name, value in request.headers}
    return {
        "accountId": "000000000000",
        "apiId": "local",
        "domainName": headers.get("host", ""),
        "httpMethod": request.method,
        "identity": {"sourceIp": request.source_ip, "userAgent": headers.get("user-agent")},
        "path": f"/{STAGE}{path}",
        "protocol": "HTTP/1.1",
        "requestId": request.request_id,
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S %z"),
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "resourceId": "local",
        "resourcePath": resource,
        "stage": STAGE,
    }


def _multi_value(pairs: Headers) -> dict[str, list[str]] | None:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values or None


def _event_body(body: bytes) -> tuple[str | None, bool]:
    if not body:
        return None, False
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


def http_response(result: object) -> HttpResponse:
    """What a client gets for a function's result.

    Raises:
        MalformedResultError: the result has no valid status, headers or body.
    """
    if not isinstance(result, dict):
        raise MalformedResultError(f"a {type(result).__name__} instead of an object")
    return HttpResponse(
        status=_status(result.get("statusCode")),
        headers=_headers(result.get("headers"), result.get("multiValueHeaders")),
        body=_body(result.get("body"), is_base64=result.get("isBase64Encoded") is True),
    )


def _status(value: object) -> int:
    try:
        return HTTPStatus(int(str(value))).value
    except ValueError as error:
        raise MalformedResultError(f"statusCode {value!r}") from error


def _headers(single: object, multi: object) -> Headers:
    single = {} if single is None else single
    multi = {} if multi is None else multi
    if not isinstance(single, dict) or not isinstance(multi, dict):
        raise MalformedResultError("headers that are no object")
    # A name given in both ways keeps its list.
    listed = {str(name).lower() for name in multi}
    pairs = [(n, v) for n, values in multi.items() for v in values]
    pairs += [(n, v) for n, v in single.items() if str(n).lower() not in listed]
    return tuple((str(name), str(value)) for name, value in pairs)


def _body(value: object, *, is_base64: bool) -> bytes:
    if value is None:
        return b""
    if not isinstance(value, str):
        raise MalformedResultError(f"a body that is {type(value).__name__}, not text")
    try:
        return base64.b64decode(value, validate=True) if is_base64 else value.encode()
    except binascii.Error as error:
        raise MalformedResultError("a body that is no base64") from error
