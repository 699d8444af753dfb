"""`/v1/search`, `/v1/ask` and `/v1/ask/stream`.

What answers is loaded with the first question that is to be answered: a search needs none of it.
"""

import uuid
from collections.abc import Iterator

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from footnote.answering.output_schema import checked_schema
from footnote.domain.deadline import Deadline
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import TooLargeError
from footnote.domain.question import Question, QuestionId
from footnote.http.contracts import AskReply, AskRequest, SearchReply, SearchRequest
from footnote.http.entrance import caller_of
from footnote.http.question_ports import QuestionPorts
from footnote.retrieval.in_corpus import in_corpus_probability
from footnote.retrieve import retrieve

EVENT_STREAM = "text/event-stream"
# What is left of an invocation for turning a reply into JSON.
_MAPPING_S = 0.5
_STREAM = """Events `passages`, `token`, `retract`, `citations`, and `done` with the same body as \
`/v1/ask`, or `error`. A client keeps a list of sentences: a token adds its text to the one it \
names, a retraction forgets the one it names and all behind it. In the end the sentences, joined, \
are the answer of `done`."""


def add_question_routes(app: APIGatewayRestResolver, ports: QuestionPorts) -> None:
    """Bind the routes that take a question."""

    @app.post("/v1/search", tags=["questions"])
    def post_search(request: SearchRequest) -> SearchReply:
        """The passages that fit a question best."""
        check_length(request.question, ports)
        found = retrieve(question_of(app, request), ports.ask.retrieve, deadline_of(app, ports))
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
        from footnote.ask import ask
        from footnote.http.stream import ask_reply

        check_length(request.question, ports)
        question = question_of(app, request)
        return ask_reply(ask(question, ports.ask, deadline_of(app, ports)))


def add_stream_route(app: APIGatewayRestResolver, ports: QuestionPorts) -> None:
    """Bind the route whose reply has a body that is still being made.

    The body is an iterator: whoever calls the application sends it on part by part, or joins it.
    """

    @app.post(
        "/v1/ask/stream",
        tags=["questions"],
        responses={200: {"description": _STREAM, "content": {EVENT_STREAM: {}}}},
    )
    # Of a body whose type it knows, Powertools would make JSON at once.
    def post_ask_stream(request: AskRequest):  # type: ignore[no-untyped-def]
        """The same answer as server-sent events, while it is being written."""
        from footnote.http.stream import stream_events

        check_length(request.question, ports)
        question = question_of(app, request)
        request_id = app.current_event.request_context.request_id or ""
        events = stream_events(question, ports.ask, deadline_of(app, ports), request_id)
        # What fails before there is anything to tell is an error like any other.
        first = next(events)
        return Response(
            status_code=200,
            content_type=EVENT_STREAM,
            body=_again(first, events),
            headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
        )


def _again(first: str, events: Iterator[str]) -> Iterator[str]:
    """All events; whoever closes this ends the question."""
    yield first
    yield from events


def question_of(app: APIGatewayRestResolver, request: SearchRequest | AskRequest) -> Question:
    """A new question of whoever calls.

    Raises:
        ForbiddenError: the knowledge base is not one of the key's.
        InvalidRequestError: the output schema is not one that is taken.
    """
    caller = caller_of(app)
    asked = request if isinstance(request, AskRequest) else None
    conversation_id = asked.conversation_id if asked else None
    schema = asked.output_schema if asked else None
    return Question(
        question_id=QuestionId(str(uuid.uuid4())),
        conversation_id=conversation_id or str(uuid.uuid4()),
        continues=bool(conversation_id),
        caller=caller,
        kb=caller.into(KnowledgeBaseId(request.knowledge_base)),
        text=request.question,
        top_k=request.top_k,
        filter=request.filter.to_filter() if request.filter else None,
        output_schema=None if schema is None else checked_schema(schema),
    )


def deadline_of(app: APIGatewayRestResolver, ports: QuestionPorts) -> Deadline:
    """The time for a question: what the settings give it, or what Lambda has left for it."""
    remaining_s = app.lambda_context.get_remaining_time_in_millis() / 1000 - _MAPPING_S
    return Deadline.within(min(ports.question_timeout_s, remaining_s))


def check_length(question: str, ports: QuestionPorts) -> None:
    """Refuse what is too long; raises TooLargeError."""
    if len(question) > ports.max_question_chars:
        message = f"a question may have {ports.max_question_chars} characters at most"
        raise TooLargeError(message)
