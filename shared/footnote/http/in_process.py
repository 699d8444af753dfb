"""The API without a network: what a client sends to it is answered in this process."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import urllib3
from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from footnote.http.api import whole

ADDRESS = "https://in-process.invalid"


class Unhurried:
    """An invocation that nothing ends: questions have the time that the settings give them."""

    def get_remaining_time_in_millis(self) -> int:
        """A minute, whenever it is asked."""
        return 60_000


class InProcess:
    """Stands where a client has urllib3's pool; what goes elsewhere, such as to S3, goes out."""

    def __init__(self, app: APIGatewayRestResolver, context: Any) -> None:
        """`context` is the invocation's, which says how much time is left."""
        self._app = app
        self._context = context
        self._outside = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(3, 20))

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        preload_content: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        """As `urllib3.PoolManager.request`."""
        if not url.startswith(f"{ADDRESS}/"):
            return self._outside.request(
                method, url, body=body, headers=headers, preload_content=preload_content
            )
        event = _event(method, url, body, headers or {})
        reply = whole(self._app.resolve(event, self._context))
        several = reply.get("multiValueHeaders") or {}
        pairs = [(name, value) for name, values in several.items() for value in values]
        content = (reply["body"] or "").encode()
        return urllib3.HTTPResponse(
            content, headers=urllib3.HTTPHeaderDict(pairs), status=reply["statusCode"]
        )


def _event(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str]
) -> dict[str, object]:
    """As API Gateway's REST API writes it, as far as the API reads it."""
    parts = urlsplit(url)
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    return {
        "resource": "/{proxy+}",
        "path": parts.path,
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "requestContext": {"requestId": "canary", "stage": "", "path": parts.path, "identity": {}},
        "body": None if body is None else body.decode(),
        "isBase64Encoded": False,
    }
