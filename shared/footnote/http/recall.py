"""`GET /v1/recall`: how much of what an exact search finds live searches found."""

from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Query

from footnote.domain.document import KnowledgeBaseId
from footnote.http.contracts import KnowledgeBase
from footnote.http.entrance import caller_of
from footnote.http.health_contracts import RecallReply
from footnote.http.ports import ApiPorts


def add_recall_route(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the route."""

    @app.get("/v1/recall", tags=["service"])
    def get_recall(knowledge_base: Annotated[KnowledgeBase, Query()] = "default") -> RecallReply:
        """The checks of the last 30 days; searches of few chunks are exact and need none."""
        kb = caller_of(app).into(KnowledgeBaseId(knowledge_base))
        return RecallReply.model_validate(ports.recall(kb))
