"""`/v1/golden`: questions that a knowledge base is to answer, and what became of their answers."""

from typing import Annotated
from uuid import UUID

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.domain.golden import MOST_GOLDEN, Golden
from footnote.golden import known_golden, run_golden
from footnote.http.contracts import KnowledgeBase
from footnote.http.entrance import caller_of
from footnote.http.golden_contracts import (
    GoldenAcceptBody,
    GoldenBody,
    GoldenListReply,
    GoldenReply,
    GoldenRunBody,
    GoldenRunReply,
)
from footnote.http.ports import ApiPorts
from footnote.http.questions import check_length, deadline_of

type Id = Annotated[UUID, Path()]
type Base = Annotated[KnowledgeBase, Query()]


def add_golden_routes(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the routes."""

    def reached(name: str) -> KnowledgeBaseId:
        return caller_of(app).into(KnowledgeBaseId(name))

    @app.get("/v1/golden", tags=["golden questions"])
    def list_golden(knowledge_base: Base = "default") -> GoldenListReply:
        """Golden questions with their baseline, the last answer and how they differ."""
        found = ports.golden.questions.every(reached(knowledge_base))
        return GoldenListReply(golden=[_reply(golden) for golden in found])

    @app.post("/v1/golden", tags=["golden questions"])
    def post_golden(request: GoldenBody) -> GoldenReply:
        """Keep a golden question; its first run gives the baseline."""
        kb = reached(request.knowledge_base)
        check_length(request.question, ports)
        golden = request.model_dump(include={"question", "expected", "top_k"})
        wanted = request.filter.to_filter() if request.filter else None
        golden_id = ports.golden.questions.add({**golden, "kb": kb, "filter": wanted})
        if golden_id is None:
            message = f"a knowledge base has {MOST_GOLDEN} golden questions at most; remove one"
            raise UnprocessableError(message)
        return _reply(known_golden(ports.golden, kb, golden_id))

    @app.delete("/v1/golden/<golden_id>", tags=["golden questions"])
    def delete_golden(golden_id: Id, knowledge_base: Base = "default") -> GoldenReply:
        """Remove a golden question with its answers."""
        kb = reached(knowledge_base)
        golden = known_golden(ports.golden, kb, str(golden_id))
        ports.golden.questions.remove(kb, golden.golden_id)
        return _reply(golden)

    @app.post("/v1/golden/<golden_id>/run", tags=["golden questions"])
    def post_run(golden_id: Id, request: GoldenRunBody) -> GoldenRunReply:
        """Ask it once, where other passages are found for it than the last time."""
        kb = reached(request.knowledge_base)
        golden = known_golden(ports.golden, kb, str(golden_id))
        deadline = deadline_of(app, ports)
        asked = run_golden(golden, caller_of(app), ports.golden, deadline, force=request.force)
        return GoldenRunReply(
            outcome="asked" if asked else "unchanged",
            golden=_reply(known_golden(ports.golden, kb, str(golden_id))),
        )

    @app.post("/v1/golden/<golden_id>/accept", tags=["golden questions"])
    def post_accept(golden_id: Id, request: GoldenAcceptBody) -> GoldenReply:
        """Take the last answer for the baseline."""
        kb = reached(request.knowledge_base)
        ports.golden.questions.accept(kb, str(golden_id))
        return _reply(known_golden(ports.golden, kb, str(golden_id)))


def _reply(golden: Golden) -> GoldenReply:
    plain = {name: getattr(golden, name) for name in GoldenReply.model_fields}
    found = {"changes": golden.changes(), "words": golden.words()}
    return GoldenReply.model_validate(plain | found)
