"""The tools that agents get: `search`, `fetch` and `ask`, with what each takes and gives."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from mcp_types import (
    INVALID_PARAMS,
    CallToolResult,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel, ValidationError

from footnote.ask import ask
from footnote.domain.access import Action, Caller
from footnote.domain.document import DEFAULT_KNOWLEDGE_BASE, KnowledgeBaseId
from footnote.domain.errors import FootnoteError, ForbiddenError, RateLimitedError
from footnote.http.contracts import AskRequest, SearchRequest
from footnote.http.entrance import caller_of
from footnote.http.failures import log_refusal, told_error
from footnote.http.mcp.contracts import (
    AskArguments,
    AskResult,
    FetchArguments,
    FetchResult,
    SearchArguments,
    SearchResult,
    ask_result,
    input_schema,
    search_result,
)
from footnote.http.mcp.reading import read_document
from footnote.http.mcp.versions import Refusal
from footnote.http.ports import ApiPorts
from footnote.http.questions import check_length, deadline_of, question_of
from footnote.http.stream import ask_reply
from footnote.retrieve import retrieve

_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_MOST_NAMES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What is told of a tool."""

    title: str
    description: str
    takes: type[BaseModel]
    gives: type[BaseModel]


_FORMS = {
    "search": _Form(
        title="Search the documents",
        description="Finds the passages of the documents that fit a question best, each with the "
        "id to fetch it by. `in_corpus` is the probability that the documents speak of it at all.",
        takes=SearchArguments,
        gives=SearchResult,
    ),
    "fetch": _Form(
        title="Read a document",
        description="The text of a document by the id of a search result: all of it, or, of a "
        "long one, from that passage on; `metadata.next` is then the id to read on with.",
        takes=FetchArguments,
        gives=FetchResult,
    ),
    "ask": _Form(
        title="Ask the documents",
        description="An answer with a marker [n] after each sentence and the quotes that these "
        "rest on, each found verbatim in a document; or status `declined`, where the documents do "
        "not tell. Send `conversation_id` back to follow up.",
        takes=AskArguments,
        gives=AskResult,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The tools for whoever calls; `kb` is the knowledge base that the address names."""

    app: APIGatewayRestResolver
    ports: ApiPorts
    kb: KnowledgeBaseId | None

    def tools(self) -> list[Tool]:
        """Those that the key may use, as they are to be called with it."""
        known = self._names() if self._fixed is None else []
        return [
            Tool(
                name=name,
                title=form.title,
                description=form.description,
                input_schema=input_schema(form.takes, known, self._usual),
                output_schema=form.gives.model_json_schema(mode="serialization"),
                annotations=_READS,
            )
            for name, form in _FORMS.items()
            if name != "fetch" or self._may_read
        ]

    def call(self, name: str, arguments: Mapping[str, Any]) -> CallToolResult:
        """What a tool says; what it cannot do, whoever called it is told in words.

        Raises:
            Refusal: there is no such tool.
        """
        form = _FORMS.get(name)
        if form is None:
            raise Refusal(INVALID_PARAMS, f"there is no tool {name}; tools/list names them")
        try:
            asked = form.takes.model_validate(arguments)
            told = self._told(asked)
        except ValidationError as error:
            return _failed(_explain(error))
        except FootnoteError as error:
            log_refusal("tool refused", error)
            return _failed(_words(error))
        text = told.model_dump_json()
        return CallToolResult(
            content=[TextContent(type="text", text=text)],
            structured_content=told.model_dump(mode="json"),
        )

    def _told(self, asked: BaseModel) -> BaseModel:
        match asked:
            case SearchArguments():
                return self._search(asked)
            case AskArguments():
                return self._ask(asked)
            case FetchArguments():
                return self._fetch(asked)
        raise AssertionError("every form of arguments is one of these")

    def _search(self, asked: SearchArguments) -> SearchResult:
        request = SearchRequest(
            question=asked.query,
            knowledge_base=self._wanted(asked.knowledge_base),
            top_k=asked.top_k,
            filter=asked.filter,
        )
        check_length(request.question, self.ports)
        question = question_of(self.app, request)
        found = retrieve(question, self.ports.ask.retrieve, deadline_of(self.app, self.ports))
        return search_result(found)

    def _ask(self, asked: AskArguments) -> AskResult:
        request = AskRequest(
            question=asked.question,
            knowledge_base=self._wanted(asked.knowledge_base),
            conversation_id=asked.conversation_id,
            filter=asked.filter,
        )
        check_length(request.question, self.ports)
        question = question_of(self.app, request)
        reply = ask(question, self.ports.ask, deadline_of(self.app, self.ports))
        return ask_result(ask_reply(reply))

    def _fetch(self, asked: FetchArguments) -> FetchResult:
        if not self._may_read:
            message = "a publishable key finds passages and asks; reading documents takes a secret"
            raise ForbiddenError(f"{message} key")
        within = (self._fixed,) if self._fixed else self._caller.knowledge_bases
        return read_document(asked.id, self.ports.documents, within)

    @property
    def _caller(self) -> Caller:
        return caller_of(self.app)

    @property
    def _may_read(self) -> bool:
        """What a publishable key gets to see of documents is what search and answers show."""
        return self._caller.key is None or self._caller.key.permits(Action.MANAGE)

    @property
    def _fixed(self) -> KnowledgeBaseId | None:
        """The only knowledge base that can be meant."""
        only = self._caller.knowledge_bases
        return self.kb or (only[0] if len(only) == 1 else None)

    @property
    def _usual(self) -> KnowledgeBaseId | None:
        """The one that is meant where none is named."""
        usual = DEFAULT_KNOWLEDGE_BASE if self._caller.reaches(DEFAULT_KNOWLEDGE_BASE) else None
        return self._fixed or usual

    def _wanted(self, named: str | None) -> str:
        kb = named or self._usual
        if kb is None:
            message = f"name a knowledge_base, one of: {', '.join(self._names())}"
            raise ForbiddenError(message)
        if self._fixed not in (None, kb):
            message = f"this address is that of the knowledge base {self._fixed}"
            raise ForbiddenError(message)
        return kb

    def _names(self) -> list[str]:
        """The knowledge bases that the caller may choose from."""
        known = [kb for kb, _ in self.ports.knowledge_bases.every() if self._caller.reaches(kb)]
        return list(known[:_MOST_NAMES])


def _failed(words: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=words)], is_error=True)


def _words(error: FootnoteError) -> str:
    told = told_error(error, "").message
    if isinstance(error, RateLimitedError):
        return f"{told} (in {math.ceil(error.retry_after_s)} s)"
    return told


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
