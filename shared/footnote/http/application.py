"""What all routes have in common: who comes in, what is read, and how errors are told."""

import json
import threading
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as NoRouteError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)

from footnote.domain.errors import FootnoteError, InvalidRequestError, NotFoundError
from footnote.http.entrance import (
    Entrance,
    check_size,
    headers_of,
    is_json,
    preflight,
    readable_by_page,
    remember_caller,
)
from footnote.http.error_forms import in_form_of
from footnote.http.failures import explained, failure, internal_failure, log_refusal
from footnote.http.question_ports import QuestionPorts
from footnote.http.questions import add_stream_route
from footnote.observability import logger

# Where most requests go, so that the first of an environment is likely to be one of them.
AT_ONCE = frozenset({"/v1/search", "/v1/ask", "/v1/ask/stream", "/healthz"})
type AddRoutes = Callable[[APIGatewayRestResolver], None]


class _Api(APIGatewayRestResolver):
    """Lets in who has a key, and takes JSON and nothing else.

    Powertools would read forms too. Browsers send these to any address without asking it first, so
    a foreign page could put questions here.
    """

    def __init__(self, entrance: Entrance, add_others: AddRoutes | None) -> None:
        # Not even its own switch in the environment may have it print requests.
        super().__init__(enable_validation=True, json_body_deserializer=_read_json, debug=False)
        self._entrance = entrance
        self._add_others = add_others
        self._adding = threading.Lock()

    def resolve(self, event: Any, context: Any) -> dict[str, Any]:
        """One request in, one reply out; see `APIGatewayRestResolver.resolve`."""
        # The one that the reply has: it finds all that is logged on the way.
        logger.append_keys(request_id=event["requestContext"].get("requestId"))
        if event["httpMethod"] == "HEAD":
            return self.resolve(event | {"httpMethod": "GET"}, context) | {"body": ""}
        return preflight(event) or in_form_of(event["path"], _unkept(self._let_in(event, context)))

    def _let_in(self, event: Any, context: Any) -> dict[str, Any]:
        try:
            caller = self._entrance.caller(event)
            check_size(event)
        except FootnoteError as error:
            log_refusal("request refused", error)
            refusal = failure(error, event["requestContext"].get("requestId") or "")
            return _with_headers(_as_result(refusal), readable_by_page(event, None))
        if caller is None:
            return self._answer(event, context)
        remember_caller(self, caller)
        return _with_headers(self._answer(event, context), readable_by_page(event, caller))

    def _answer(self, event: Any, context: Any) -> dict[str, Any]:
        headers = headers_of(event)
        if event.get("body"):
            read_as = {"content-type": "application/json" if is_json(headers) else "text/plain"}
            several = {name: [value] for name, value in read_as.items()}
            event = event | {"headers": headers | read_as, "multiValueHeaders": several}
        if event["path"] not in AT_ONCE:
            self.complete()
        return super().resolve(event, context)

    def complete(self) -> None:
        """Add the other routes, once; whoever comes meanwhile waits for them."""
        if self._add_others is None:
            return
        with self._adding:
            if self._add_others is not None:
                self._add_others(self)
                self._add_others = None


def application(
    ports: QuestionPorts, add_others: AddRoutes | None = None
) -> APIGatewayRestResolver:
    """The API without any route; `add_others` adds some when a path is not `AT_ONCE`."""
    app = _Api(Entrance(door=ports.door), add_others)
    _add_error_handlers(app)
    return app


def build_stream(ports: QuestionPorts) -> APIGatewayRestResolver:
    """The route alone whose reply is sent while it is being made."""
    app = application(ports)
    add_stream_route(app, ports)
    return app


def prepare(app: APIGatewayRestResolver) -> None:
    """Do now what a first request would wait for: all routes, their types, and what answers."""
    import footnote.http.stream  # noqa: F401

    if isinstance(app, _Api):
        app.complete()
    app.get_openapi_schema(title="", version="")


def _as_result(response: Response[str]) -> dict[str, Any]:
    """A reply that no route made, as API Gateway takes it."""
    headers = {"Content-Type": response.content_type} | response.headers
    return {
        "statusCode": response.status_code,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "body": response.body,
        "isBase64Encoded": False,
    }


def _unkept(result: dict[str, Any]) -> dict[str, Any]:
    """A reply that nothing on the way may keep, unless it says by itself that it can be.

    Caches in front of an API, a CDN's for one, may not look at whose key a reply is for.
    """
    if "Cache-Control" in result["multiValueHeaders"]:
        return result
    return _with_headers(result, {"Cache-Control": "no-store"})


def _with_headers(result: dict[str, Any], more: dict[str, str]) -> dict[str, Any]:
    added = {name: [value] for name, value in more.items()}
    return result | {"multiValueHeaders": result["multiValueHeaders"] | added}


def _read_json(body: str) -> Any:
    """The body, as far as it can be read: too deep or with endless numbers is no request.

    Only objects pass: Powertools would take the first item of an array for the whole body.
    """
    try:
        read = json.loads(body)
    except (ValueError, RecursionError) as error:
        where = f": {error}" if isinstance(error, json.JSONDecodeError) else ""
        raise InvalidRequestError(f"the body is not JSON that can be read{where}") from error
    if read is None or isinstance(read, dict):
        return read
    message = "the body is no JSON object; send one, as in /openapi.json"
    raise InvalidRequestError(message)


def _add_error_handlers(app: APIGatewayRestResolver) -> None:
    def request_id() -> str:
        return app.current_event.request_context.request_id or ""

    @app.exception_handler(FootnoteError)
    def on_footnote_error(error: FootnoteError) -> Response[str]:
        log_refusal("request refused", error)
        return failure(error, request_id())

    @app.exception_handler(RequestValidationError)
    def on_bad_request(error: RequestValidationError) -> Response[str]:
        return failure(InvalidRequestError(explained(error.errors()[0])), request_id())

    @app.exception_handler(RequestUnsupportedContentType)
    def on_other_content(_: RequestUnsupportedContentType) -> Response[str]:
        message = "send JSON, with the content type application/json"
        return failure(InvalidRequestError(message), request_id())

    @app.exception_handler(UnicodeDecodeError)
    def on_no_text(_: UnicodeDecodeError) -> Response[str]:
        return failure(InvalidRequestError("the body is not UTF-8"), request_id())

    @app.not_found
    def on_no_route(_: NoRouteError) -> Response[str]:
        event = app.current_event
        message = f"there is no {event.http_method} {event.path}"
        return failure(NotFoundError(message), request_id())

    @app.exception_handler(Exception)
    def on_unforeseen_error(error: Exception) -> Response[str]:
        logger.error("unforeseen error", exc_info=error)
        return internal_failure(request_id())
