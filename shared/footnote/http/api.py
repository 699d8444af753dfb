"""The HTTP API as one function from an API Gateway event to its reply."""

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from footnote.http.application import application
from footnote.http.health import add_health_route
from footnote.http.question_ports import HealthPorts
from footnote.http.questions import add_question_routes, add_stream_route

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnote.http.ports import ApiPorts


def build_api(ports: "ApiPorts") -> APIGatewayRestResolver:
    """Every route of the API, with errors in the contract's form."""
    return begin_api(ports, lambda: ports)


def begin_api(ports: HealthPorts, every: "Callable[[], ApiPorts]") -> APIGatewayRestResolver:
    """The same API, of which only what most first requests are for is there at once.

    Those are questions, and whether they can be answered. The other routes and what they need are
    made with the first request for one: no cold start waits for what it has no use for.
    """

    def add_others(app: APIGatewayRestResolver) -> None:
        from footnote.http.other_routes import add_other_routes

        add_other_routes(app, every())

    app = application(ports, add_others)
    add_question_routes(app, ports)
    add_stream_route(app, ports)
    add_health_route(app, ports)
    return app


def whole(reply: dict[str, Any]) -> dict[str, Any]:
    """A reply for whoever cannot send one while it is being made: its body is waited for."""
    body = reply["body"]
    return reply if body is None or isinstance(body, str) else reply | {"body": "".join(body)}
