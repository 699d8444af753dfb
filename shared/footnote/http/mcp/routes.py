"""`/mcp` and `/mcp/{knowledge_base}`: one JSON-RPC message in, one out, nothing in between."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from footnote.domain.document import KnowledgeBaseId, is_knowledge_base
from footnote.domain.errors import InvalidRequestError, NotFoundError
from footnote.http.entrance import caller_of, headers_of, is_json
from footnote.http.ports import ApiPorts

_JSON = "application/json"


def add_mcp_routes(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the routes, which describe themselves (`tools/list`) and not in OpenAPI.

    There are no sessions and nothing that a server would have to say first, so there is no stream
    to GET and nothing to DELETE.
    """

    @app.post("/mcp", include_in_schema=False)
    def post_mcp() -> Response[str]:
        return _exchange(app, ports, None)

    @app.post("/mcp/<knowledge_base>", include_in_schema=False)
    def post_mcp_of(knowledge_base: str) -> Response[str]:
        if not is_knowledge_base(knowledge_base):
            message = f"{knowledge_base} is no name of a knowledge base: use a-z, 0-9 and -"
            raise NotFoundError(message)
        return _exchange(app, ports, caller_of(app).into(KnowledgeBaseId(knowledge_base)))

    @app.route("/mcp", method=["GET", "DELETE"], include_in_schema=False)
    def other_mcp() -> Response[str]:
        return _only_post()

    @app.route("/mcp/<knowledge_base>", method=["GET", "DELETE"], include_in_schema=False)
    def other_mcp_of(knowledge_base: str) -> Response[str]:
        del knowledge_base
        return _only_post()


def _only_post() -> Response[str]:
    return Response(HTTPStatus.METHOD_NOT_ALLOWED, body="", headers={"Allow": "POST"})


def _exchange(
    app: APIGatewayRestResolver, ports: ApiPorts, kb: KnowledgeBaseId | None
) -> Response[str]:
    headers = headers_of(app.current_event.raw_event)
    if not is_json(headers):
        message = "send JSON, with the content type application/json"
        raise InvalidRequestError(message)
    # The types of the protocol take 0.2 s to load: whoever asks otherwise does not pay for them.
    from footnote.http.mcp.messages import exchange
    from footnote.http.mcp.tools import Desk

    body = app.current_event.decoded_body or ""
    reply = exchange(body, headers, Desk(app=app, ports=ports, kb=kb))
    return Response(reply.status, content_type=_JSON, body=reply.body)
