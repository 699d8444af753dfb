"""The HTTP API as one function from an API Gateway event to its reply."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from footnote.http.application import application
from footnote.http.ports import ApiPorts
from footnote.http.questions import add_question_routes, add_stream_route


def build_api(ports: ApiPorts) -> APIGatewayRestResolver:
    """Every route of the API, with errors in the contract's form.

    Those of questions are there at once, and the others with the first request that is for none of
    them: a cold start that answers a question does not wait for what it has no use for.
    """

    def add_others(app: APIGatewayRestResolver) -> None:
        from footnote.http.other_routes import add_other_routes

        add_other_routes(app, ports)

    app = application(ports, add_others)
    add_question_routes(app, ports)
    add_stream_route(app, ports)
    return app


def whole(reply: dict[str, Any]) -> dict[str, Any]:
    """A reply for whoever cannot send one while it is being made: its body is waited for."""
    body = reply["body"]
    return reply if body is None or isinstance(body, str) else reply | {"body": "".join(body)}
