"""`/v1/search` and `/v1/ask`."""

import uuid

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from footnote.ask import ask, retrieve
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import TooLargeError
from footnote.http.contracts import AskReply, AskRequest, SearchReply, SearchRequest
from footnote.http.ports import ApiPorts
from footnote.retrieval.in_corpus import in_corpus_probability


def add_question_routes(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the routes that take a question."""

    @app.post("/v1/search", tags=["questions"])
    def post_search(request: SearchRequest) -> SearchReply:
        """The passages that fit a question best."""
        _check_length(request.question, ports)
        kb = KnowledgeBaseId(request.knowledge_base)
        found = retrieve(request.question, kb, request.top_k, ports.ask)
        return SearchReply.model_validate(
            {
                "passages": found.passages,
                "in_corpus": in_corpus_probability(found, found.embedding_model),
                "index_as_of": found.index_as_of,
            }
        )

    @app.post("/v1/ask", tags=["questions"])
    def post_ask(request: AskRequest) -> AskReply:
        """An answer with a citation after each sentence, or an honest decline."""
        _check_length(request.question, ports)
        kb = KnowledgeBaseId(request.knowledge_base)
        reply = ask(request.question, kb, request.top_k, ports.ask)
        return AskReply.model_validate(
            {
                "question_id": reply.question_id,
                "conversation_id": request.conversation_id or str(uuid.uuid4()),
                "status": reply.answer.status,
                "answer": reply.answer.text,
                "citations": reply.answer.citations,
                "in_corpus": in_corpus_probability(
                    reply.retrieval, reply.retrieval.embedding_model
                ),
                "model": reply.model,
                "checkpoint": None,
                "usage": reply.usage,
                "cost_usd": 0.0,
                "index_as_of": reply.retrieval.index_as_of,
                "timings_ms": reply.timings_ms,
            }
        )


def _check_length(question: str, ports: ApiPorts) -> None:
    if len(question) > ports.max_question_chars:
        message = f"a question may have {ports.max_question_chars} characters at most"
        raise TooLargeError(message)
