"""`/v1/search` and `/v1/ask`."""

import uuid

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from footnote.ask import ask
from footnote.domain.deadline import Deadline
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import TooLargeError
from footnote.domain.question import Question, QuestionId
from footnote.http.contracts import AskReply, AskRequest, SearchReply, SearchRequest
from footnote.http.ports import ApiPorts
from footnote.retrieval.in_corpus import in_corpus_probability
from footnote.retrieve import retrieve

# What is left of an invocation for turning a reply into JSON.
_MAPPING_S = 0.5


def add_question_routes(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the routes that take a question."""

    @app.post("/v1/search", tags=["questions"])
    def post_search(request: SearchRequest) -> SearchReply:
        """The passages that fit a question best."""
        _check_length(request.question, ports)
        found = retrieve(_question(request), ports.ask.retrieve, _deadline(app, ports))
        return SearchReply.model_validate(
            {
                "passages": found.passages,
                "in_corpus": in_corpus_probability(found),
                "index_as_of": found.index_as_of,
                "degraded": found.degraded,
            }
        )

    @app.post("/v1/ask", tags=["questions"])
    def post_ask(request: AskRequest) -> AskReply:
        """An answer with a citation after each sentence, or an honest decline."""
        _check_length(request.question, ports)
        question = _question(request, request.conversation_id)
        reply = ask(question, ports.ask, _deadline(app, ports))
        return AskReply.model_validate(
            {
                "question_id": question.question_id,
                "conversation_id": question.conversation_id,
                "status": reply.answer.status,
                "answer": reply.answer.text,
                "citations": reply.answer.citations,
                "in_corpus": reply.in_corpus,
                "removed": reply.answer.removed,
                "truncated": reply.answer.truncated,
                "model": reply.model,
                "checkpoint": reply.checkpoint,
                "fallback": reply.fallback,
                "cached": reply.cached,
                "degraded": reply.retrieval.degraded,
                "usage": reply.usage,
                "cost_usd": reply.cost_usd,
                "index_as_of": reply.retrieval.index_as_of,
                "timings_ms": reply.timings_ms,
            }
        )


def _question(request: SearchRequest | AskRequest, conversation_id: str | None = None) -> Question:
    return Question(
        question_id=QuestionId(str(uuid.uuid4())),
        conversation_id=conversation_id or str(uuid.uuid4()),
        kb=KnowledgeBaseId(request.knowledge_base),
        text=request.question,
        top_k=request.top_k,
        filter=request.filter.to_filter() if request.filter else None,
    )


def _deadline(app: APIGatewayRestResolver, ports: ApiPorts) -> Deadline:
    """The time for a question: what the settings give it, or what Lambda has left for it."""
    remaining_s = app.lambda_context.get_remaining_time_in_millis() / 1000 - _MAPPING_S
    return Deadline.within(min(ports.question_timeout_s, remaining_s))


def _check_length(question: str, ports: ApiPorts) -> None:
    if len(question) > ports.max_question_chars:
        message = f"a question may have {ports.max_question_chars} characters at most"
        raise TooLargeError(message)
