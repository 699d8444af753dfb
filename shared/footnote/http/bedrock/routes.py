"""`/bedrock/...`: what a client of `bedrock-agent-runtime` calls with this as its endpoint."""

import json
from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import TypeAdapter, ValidationError

from footnote.ask import ask
from footnote.domain.access import Action
from footnote.domain.document import DocumentId, KnowledgeBaseId
from footnote.domain.errors import InvalidRequestError, NotFoundError
from footnote.http.bedrock.contracts import GenerateBody, KnowledgeBaseName, RetrieveBody
from footnote.http.bedrock.replies import Shelf, generated, retrieved
from footnote.http.contracts import AskRequest, SearchRequest
from footnote.http.cursors import read_cursor, write_cursor
from footnote.http.entrance import caller_of
from footnote.http.ports import ApiPorts
from footnote.http.questions import check_length, deadline_of, question_of
from footnote.http.stream import ask_reply
from footnote.retrieve import retrieve

# As in Bedrock, where nobody says how many.
_USUAL_RESULTS = 5
_MOST_RESULTS = 100
# What a model is given to answer from, at most and usually.
_MOST_PASSAGES, _USUAL_PASSAGES = 20, 8
_NO_STREAM = """answers are not streamed in this form; call RetrieveAndGenerate, or \
/v1/ask/stream for an answer while it is written"""

_names = TypeAdapter(KnowledgeBaseName)


def add_bedrock_routes(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the routes, which Bedrock's own service model describes, and not OpenAPI."""

    @app.post("/bedrock/knowledgebases/<name>/retrieve", include_in_schema=False)
    def post_retrieve(name: Annotated[str, Path()], body: RetrieveBody) -> Response[str]:
        """The passages that fit a question best, page by page."""
        search = body.retrieval_configuration.vector_search_configuration
        size = search.number_of_results or _USUAL_RESULTS
        begin = _read_token(body.next_token)
        request = SearchRequest(
            question=body.retrieval_query.text,
            knowledge_base=_known(app, ports, _read_name(name)),
            # One more tells whether there is a next page.
            top_k=min(begin + size + 1, _MOST_RESULTS),
            filter=search.filter,
        )
        check_length(request.question, ports)
        question = question_of(app, request)
        found = retrieve(question, ports.ask.retrieve, deadline_of(app, ports)).passages
        page = found[begin : begin + size]
        more = write_cursor(str(begin + size)) if len(found) > begin + size else None
        shelf = _shelf(app, ports, question.kb, (passage.document_id for passage in page))
        return _json(retrieved(page, shelf, more))

    @app.post("/bedrock/retrieveAndGenerate", include_in_schema=False)
    def post_generate(body: GenerateBody) -> Response[str]:
        """An answer from a knowledge base, and what each part of it rests on."""
        asked = body.retrieve_and_generate_configuration.knowledge_base_configuration
        search = asked.retrieval_configuration.vector_search_configuration
        request = AskRequest(
            question=body.input.text,
            knowledge_base=_known(app, ports, asked.knowledge_base_id),
            conversation_id=body.session_id,
            top_k=min(search.number_of_results or _USUAL_PASSAGES, _MOST_PASSAGES),
            filter=search.filter,
        )
        check_length(request.question, ports)
        question = question_of(app, request)
        reply = ask_reply(ask(question, ports.ask, deadline_of(app, ports)))
        cited = (DocumentId(citation.document_id) for citation in reply.citations)
        return _json(generated(reply, _shelf(app, ports, question.kb, cited)))

    @app.post("/bedrock/retrieveAndGenerateStream", include_in_schema=False)
    def post_generate_stream() -> Response[str]:
        raise InvalidRequestError(_NO_STREAM)


def _read_name(text: str) -> str:
    """The knowledge base in an address, in which a colon may still be written as %3A."""
    try:
        return _names.validate_python(unquote(text))
    except ValidationError as error:
        message = "the knowledge base's id is its name, or footnote:<name>, in a-z, 0-9 and -"
        raise InvalidRequestError(message) from error


def _known(app: APIGatewayRestResolver, ports: ApiPorts, name: str) -> KnowledgeBaseId:
    """The knowledge base; Bedrock tells of one that is not there.

    Raises:
        ForbiddenError: it is not one of the key's.
        NotFoundError: there is none.
    """
    kb = caller_of(app).into(KnowledgeBaseId(name))
    if ports.knowledge_bases.since(kb) is None:
        message = f"there is no knowledge base {kb}"
        raise NotFoundError(message)
    return kb


def _shelf(
    app: APIGatewayRestResolver,
    ports: ApiPorts,
    kb: KnowledgeBaseId,
    documents: Iterable[DocumentId],
) -> Shelf:
    """What sidecars say is for secret keys, as it is in `/v1/documents`, and so is the bucket."""
    key = caller_of(app).key
    if key is not None and not key.permits(Action.MANAGE):
        return Shelf(bucket=None, attributes={})
    wanted = sorted(set(documents))
    attributes = ports.documents.attributes(kb, wanted) if wanted else {}
    return Shelf(bucket=ports.bucket, attributes=attributes)


def _read_token(token: str | None) -> int:
    if token is None:
        return 0
    try:
        begin = read_cursor(token)
    except InvalidRequestError:
        begin = ""
    if not begin.isascii() or not begin.isdecimal() or not 0 < int(begin[:4]) < _MOST_RESULTS:
        message = "nextToken is not one that this API gave"
        raise InvalidRequestError(message)
    return int(begin)


def _json(body: dict[str, Any]) -> Response[str]:
    return Response(200, content_type="application/json", body=json.dumps(body))
