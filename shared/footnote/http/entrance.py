"""From an API Gateway event to who calls, and whether pages of other sites may read the reply."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from footnote.access.door import Door, Request
from footnote.domain.access import Action, Caller, KeyKind
from footnote.domain.errors import TooLargeError

# Below what Lambda takes of one event (6 MB), so that all fronts refuse the same. Documents are
# uploaded to the bucket, and nothing else is as large.
BODY_LIMIT_BYTES = 1024**2

# For people and watchers; everything else wants a key, and a secret one where it is not named here.
_OPEN = re.compile(r"/|/healthz|/openapi\.json|/widget\.js|/page/[^/]+")
_ACTIONS = {
    ("POST", "/v1/search"): Action.SEARCH,
    ("POST", "/v1/ask"): Action.ASK,
    ("POST", "/v1/ask/stream"): Action.ASK,
    ("POST", "/v1/feedback"): Action.FEEDBACK,
    ("POST", "/v1/chat/completions"): Action.ASK,
    ("GET", "/v1/models"): Action.ASK,
}
# The same where a part of the path is a name.
_NAMED_ACTIONS = (
    ({"GET"}, re.compile(r"/v1/models/[^/]+"), Action.ASK),
    # Whoever knows the id of a conversation had it, or holds a secret key.
    ({"DELETE"}, re.compile(r"/v1/conversations/[^/]+"), Action.FORGET),
    # Its tools look themselves at what else they let a publishable key do.
    ({"POST", "GET", "DELETE"}, re.compile(r"/mcp(/[^/]+)?"), Action.SEARCH),
    ({"POST"}, re.compile(r"/bedrock/knowledgebases/[^/]+/retrieve"), Action.SEARCH),
    ({"POST"}, re.compile(r"/bedrock/retrieveAndGenerate(Stream)?"), Action.ASK),
)
# Clients of AWS sign with a pair of keys: a key of this API takes the place of the first, which is
# sent in clear as a bearer's is, and their signature is not looked at.
_SIGNED = re.compile(r"AWS4-HMAC-SHA256 +Credential=([^/, ]+)/")
_HEADERS = "Authorization, Content-Type"
_MCP_HEADERS = f"{_HEADERS}, MCP-Protocol-Version, Mcp-Method, Mcp-Name"
_CALLER = "caller"
_HOUR_S = "3600"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Looks at each event before anything else does."""

    door: Door

    def caller(self, event: Mapping[str, Any]) -> Caller | None:
        """Who calls; None at what is open to all.

        Raises:
            UnauthorizedError, ForbiddenError, RateLimitedError: see `Door.enter`.
        """
        method, path = event["httpMethod"], event["path"]
        if method in {"GET", "HEAD"} and is_open(path):
            return None
        headers = headers_of(event)
        request = Request(
            authorization=_authorization(headers.get("authorization", ""), path),
            origin=headers.get("origin", ""),
            site=headers.get("sec-fetch-site", ""),
            address=(event["requestContext"].get("identity") or {}).get("sourceIp") or "",
        )
        return self.door.enter(request, _action(method, path) or Action.MANAGE)


def caller_of(app: APIGatewayRestResolver) -> Caller:
    """Who the request that is being answered came from."""
    caller: Caller = app.context[_CALLER]
    return caller


def remember_caller(app: APIGatewayRestResolver, caller: Caller) -> None:
    """Keep who calls until the request is answered."""
    app.context[_CALLER] = caller


def check_size(event: Mapping[str, Any]) -> None:
    """Refuse a body over the limit before it is read; raises TooLargeError."""
    body = event.get("body") or ""
    # Of four characters of base64 three bytes are left, less one for each that fills up.
    is_base64 = event.get("isBase64Encoded")
    size = len(body) * 3 // 4 - body.count("=") if is_base64 else len(body.encode(errors="replace"))
    if size > BODY_LIMIT_BYTES:
        message = (
            f"a request's body may have {BODY_LIMIT_BYTES} bytes at most, and this one has {size};"
            " documents go to the URL that POST /v1/documents gives"
        )
        raise TooLargeError(message)


def preflight(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """The reply to a browser that asks, before it sends a page's request, whether it may.

    It may, where a publishable key could be used: which key that is, only the request itself says.
    """
    headers = headers_of(event)
    wanted = headers.get("access-control-request-method", "")
    if event["httpMethod"] != "OPTIONS" or not _action(wanted, event["path"]):
        return None
    is_mcp = event["path"].startswith("/mcp")
    allowed = {
        "Access-Control-Allow-Origin": headers.get("origin", ""),
        "Access-Control-Allow-Methods": wanted,
        "Access-Control-Allow-Headers": _MCP_HEADERS if is_mcp else _HEADERS,
        "Access-Control-Max-Age": _HOUR_S,
        "Vary": "Origin",
    }
    return {"statusCode": 204, "headers": allowed, "body": "", "isBase64Encoded": False}


def readable_by_page(event: Mapping[str, Any], caller: Caller | None) -> dict[str, str]:
    """The headers that let the page read the reply: only where its key is for pages, and for it.

    Without a caller it is a refusal, which may be read, so that a developer sees what is wrong.
    """
    origin = headers_of(event).get("origin", "")
    key = caller.key if caller else None
    secret = caller is not None and (key is None or key.kind is not KeyKind.PUBLISHABLE)
    if not origin or secret or not _action(event["httpMethod"], event["path"]):
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "Retry-After, x-amzn-RequestId",
        "Vary": "Origin",
    }


def _authorization(header: str, path: str) -> str:
    signed = _SIGNED.match(header) if path.startswith("/bedrock/") else None
    return f"Bearer {signed[1]}" if signed else header


def _action(method: str, path: str) -> Action | None:
    """What a request wants that publishable keys may do; None where it is anything else."""
    named = (
        action for verbs, form, action in _NAMED_ACTIONS if method in verbs and form.fullmatch(path)
    )
    return _ACTIONS.get((method, path)) or next(named, None)


def is_open(path: str) -> bool:
    """Whether a path wants no key."""
    return _OPEN.fullmatch(path) is not None


def is_json(headers: Mapping[str, str]) -> bool:
    """Whether the body is said to be JSON; what stands behind a semicolon says nothing of it.

    Browsers send types such as `text/plain; a=json` to any address without asking it first.
    """
    kind = headers.get("content-type", "").partition(";")[0]
    return kind.strip().lower() == "application/json"


def headers_of(event: Mapping[str, Any]) -> dict[str, str]:
    """The headers of an event, whose names may be written in any case, by small letters."""
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}
