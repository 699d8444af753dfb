"""`/v1/questions/unanswered`: what people asked for and did not get."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import InvalidRequestError, NotFoundError
from footnote.domain.unanswered import Cluster, ClusterPlace, ClusterState
from footnote.http.contracts import KnowledgeBase
from footnote.http.cursors import BAD_CURSOR, read_cursor, write_cursor
from footnote.http.entrance import caller_of
from footnote.http.ports import ApiPorts
from footnote.http.text import Text
from footnote.http.unanswered_contracts import ClusterReply, ClusterStateBody, UnansweredReply

# What fits Postgres' bigint.
_MOST_DIGITS = 18


def add_unanswered_routes(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the routes."""

    @app.get("/v1/questions/unanswered", tags=["questions"])
    def list_unanswered(
        knowledge_base: Annotated[KnowledgeBase, Query()] = "default",
        state: Annotated[ClusterState | None, Query()] = None,
        cursor: Annotated[Text, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> UnansweredReply:
        """Declined and down-voted questions, in clusters of those that are alike."""
        kb = caller_of(app).into(KnowledgeBaseId(knowledge_base))
        found = ports.unanswered.page(kb, state=state, after=_place(cursor), limit=limit)
        return UnansweredReply(
            clusters=[ClusterReply.model_validate(cluster) for cluster in found],
            next_cursor=_cursor(found[-1]) if len(found) == limit else None,
            counts=None if cursor else ports.unanswered.counts(kb),
        )

    @app.post("/v1/questions/unanswered/<cluster_id>", tags=["questions"])
    def post_state(cluster_id: Annotated[UUID, Path()], request: ClusterStateBody) -> ClusterReply:
        """Dismiss a cluster that needs no document, or open one again."""
        kb = caller_of(app).into(KnowledgeBaseId(request.knowledge_base))
        ports.unanswered.set_state(kb, str(cluster_id), ClusterState(request.state))
        cluster = ports.unanswered.get(kb, str(cluster_id))
        if cluster is None:
            message = f"there is no cluster {cluster_id} in {kb}"
            raise NotFoundError(message)
        return ClusterReply.model_validate(cluster)


def _cursor(last: Cluster) -> str:
    return write_cursor(f"{last.questions} {last.last_seen.isoformat()} {last.cluster_id}")


def _place(cursor: str) -> ClusterPlace | None:
    if not cursor:
        return None
    questions, *rest = read_cursor(cursor).split(" ")
    try:
        seen, cluster_id = rest
        # A time without its zone would be another one for each session of Postgres.
        last_seen = datetime.fromisoformat(seen).astimezone()
        place = UUID(cluster_id)
    except (ValueError, OverflowError) as error:
        raise InvalidRequestError(BAD_CURSOR) from error
    if not (questions.isascii() and questions.isdecimal() and len(questions) <= _MOST_DIGITS):
        raise InvalidRequestError(BAD_CURSOR)
    return ClusterPlace(questions=int(questions), last_seen=last_seen, cluster_id=str(place))
