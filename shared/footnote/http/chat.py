"""`/v1/chat/completions` and `/v1/models`: a knowledge base is a model in OpenAI's form."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from footnote.ask import ask
from footnote.domain.conversation import Turns
from footnote.domain.document import KnowledgeBaseId, is_knowledge_base
from footnote.domain.errors import InvalidRequestError, NotFoundError
from footnote.domain.question import Question
from footnote.http.chat_contracts import (
    Annotation,
    AssistantMessage,
    ChatModel,
    ChatModels,
    ChatReply,
    ChatRequest,
    ChatUsage,
    Choice,
    StreamOptions,
    UrlCitation,
)
from footnote.http.citing import MARKER, address_of
from footnote.http.contracts import AskReply, AskRequest
from footnote.http.entrance import caller_of
from footnote.http.ports import ApiPorts
from footnote.http.questions import EVENT_STREAM, check_length, deadline_of, question_of
from footnote.http.stream import ask_reply
from footnote.http.text import Text

_STREAM = """Where `stream` is true, `data:` lines of `chat.completion.chunk` objects. \
Words cannot be taken back in this form: they are sent once they were verified."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What a caller says was asked before: it helps to find, and is believed in nothing else."""

    earlier: Turns

    def turns(self, question: Question) -> Turns:
        """See `follow_up.Conversations`."""
        del question
        return self.earlier


def add_chat_routes(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the routes."""

    @app.get("/v1/models", tags=["OpenAI's form"])
    def list_models() -> ChatModels:
        """The knowledge bases that the key is for."""
        caller = caller_of(app)
        return ChatModels(
            data=[
                ChatModel(id=kb, created=int(since.timestamp()))
                for kb, since in ports.knowledge_bases.every()
                if caller.reaches(kb)
            ]
        )

    @app.get("/v1/models/<model>", tags=["OpenAI's form"])
    def get_model(model: Annotated[Text, Path(max_length=200)]) -> ChatModel:
        """One of them."""
        return _model(app, ports, model)

    @app.post(
        "/v1/chat/completions",
        tags=["OpenAI's form"],
        responses={
            200: {
                "description": _STREAM,
                "content": {"application/json": {"model": ChatReply}, EVENT_STREAM: {}},
            }
        },
    )
    def post_chat(request: ChatRequest) -> Response[str]:
        """An answer from the knowledge base that `model` names, with citations as annotations."""
        _model(app, ports, request.model)
        question, earlier = _question(app, request, ports)
        check_length(question.text, ports)
        asking = replace(ports.ask, conversations=_Told(earlier))
        reply = _completion(ask_reply(ask(question, asking, deadline_of(app, ports))), question)
        if request.stream:
            options = request.stream_options or StreamOptions()
            parts = _chunks(reply, with_usage=options.include_usage)
            body = "".join(f"data: {part}\n\n" for part in (*parts, "[DONE]"))
            return Response(status_code=200, content_type=EVENT_STREAM, body=body)
        body = reply.model_dump_json()
        return Response(status_code=200, content_type="application/json", body=body)


def _model(app: APIGatewayRestResolver, ports: ApiPorts, name: str) -> ChatModel:
    """The knowledge base of that name.

    Raises:
        ForbiddenError: it is not one of the key's.
        NotFoundError: there is none.
    """
    kb = KnowledgeBaseId(name)
    since = ports.knowledge_bases.since(kb) if is_knowledge_base(name) else None
    if since is None and caller_of(app).reaches(kb):
        message = f"there is no model {name}: models are knowledge bases, and GET /v1/models lists"
        raise NotFoundError(f"{message} those of this key")
    caller_of(app).into(kb)
    return ChatModel(id=kb, created=int(since.timestamp()) if since else 0)


def _question(
    app: APIGatewayRestResolver, request: ChatRequest, ports: ApiPorts
) -> tuple[Question, Turns]:
    """The last thing that the user said, and what was asked before it.

    That is bounded as conversations that are kept are: reading it costs time. What is too long to
    be a question was none.
    """
    try:
        said = [message.words for message in request.messages if message.role == "user"]
    except ValueError as error:
        raise InvalidRequestError(str(error)) from error
    if not said or not said[-1]:
        message = "messages: the last message of the role user is the question, and has no text"
        raise InvalidRequestError(message)
    asked = AskRequest(
        question=said[-1], knowledge_base=request.model, output_schema=request.output_schema
    )
    question = replace(question_of(app, asked), continues=len(said) > 1)
    earlier = [turn for turn in said[:-1] if 0 < len(turn) <= ports.max_question_chars]
    return question, tuple(earlier[-ports.conversation_turns :])


def _completion(reply: AskReply, question: Question) -> ChatReply:
    content = reply.answer if reply.output is None else json.dumps(reply.output, ensure_ascii=False)
    usage = reply.usage
    message = AssistantMessage(content=content, annotations=list(_annotations(content, reply)))
    return ChatReply(
        id=f"chatcmpl-{question.question_id}",
        created=int(time.time()),
        model=question.kb,
        choices=[Choice(message=message, finish_reason="length" if reply.truncated else "stop")],
        usage=ChatUsage(
            prompt_tokens=usage.input_tokens,
            completion_tokens=usage.output_tokens,
            total_tokens=usage.input_tokens + usage.output_tokens,
        ),
        footnote=reply,
    )


def _annotations(content: str, reply: AskReply) -> Iterator[Annotation]:
    cited = {citation.marker: citation for citation in reply.citations}
    for found in MARKER.finditer(content):
        citation = cited.get(int(found[1]))
        if citation is not None:
            yield Annotation(
                url_citation=UrlCitation(
                    start_index=found.start() + 1,
                    end_index=found.end(),
                    title=citation.title,
                    url=address_of(citation.url, citation.document_id),
                )
            )


def _chunks(reply: ChatReply, *, with_usage: bool) -> Iterator[str]:
    """The completion as a client of streams reads it."""
    usage = reply.usage.model_dump()
    choice = reply.choices[0]
    message = choice.message
    content: dict[str, Any] = {"content": message.content}
    content["annotations"] = [one.model_dump() for one in message.annotations]
    deltas: list[tuple[dict[str, Any], str | None]] = [
        ({"role": "assistant", "content": ""}, None),
        (content, None),
        ({}, choice.finish_reason),
    ]
    for delta, finish in deltas:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        yield _chunk(reply, choices, {"usage": None} if with_usage else {})
    if with_usage:
        yield _chunk(reply, [], {"usage": usage})


def _chunk(reply: ChatReply, choices: list[dict[str, Any]], more: dict[str, Any]) -> str:
    chunk = {
        "id": reply.id,
        "object": "chat.completion.chunk",
        "created": reply.created,
        "model": reply.model,
        "choices": choices,
    }
    return json.dumps(chunk | more, ensure_ascii=False)
