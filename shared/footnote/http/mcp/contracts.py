"""What the tools take and give, in the form that connectors for search and fetch expect."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from footnote.domain.answer import AnswerStatus
from footnote.domain.passage import Passage, Retrieval
from footnote.http.citing import address_of
from footnote.http.contracts import AskReply, KnowledgeBase
from footnote.http.filters import FilterBody, without_null
from footnote.retrieval.in_corpus import in_corpus_probability

_FILTER = """Only documents whose attributes pass, such as \
{"equals": {"key": "product", "value": "router"}}, {"range": {"key": "year", "gte": 2025}}, \
{"in": {"key": "language", "values": ["en", "de"]}}, or those joined by and, or, not"""
_KB = "The collection to look in"


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SearchArguments(_Arguments):
    """Of `search`."""

    query: Annotated[str, Field(description="What to look for, as a question or in words")]
    knowledge_base: KnowledgeBase | None = None
    top_k: Annotated[int, Field(ge=1, le=50, description="How many passages at most")] = 10
    filter: FilterBody | None = None


class FetchArguments(_Arguments):
    """Of `fetch`."""

    id: Annotated[str, Field(description="The id of a search result, or a document_id")]


class AskArguments(_Arguments):
    """Of `ask`."""

    question: Annotated[str, Field(description="The question, in full")]
    knowledge_base: KnowledgeBase | None = None
    conversation_id: Annotated[
        str | None, Field(description="That of an earlier answer, to follow up on it")
    ] = None
    filter: FilterBody | None = None


class Found(BaseModel):
    """A passage; `url` is the document's own, or a name where nobody said what that is."""

    id: str
    title: str
    url: str
    text: str
    score: float
    page: int | None
    heading_path: list[str]


class SearchResult(BaseModel):
    """The passages, best first."""

    results: list[Found]
    in_corpus: float
    index_as_of: datetime


class FetchResult(BaseModel):
    """A document's text."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, Any]


class Cited(BaseModel):
    """A quote that a sentence of the answer rests on; `id` is there to fetch."""

    marker: int
    id: str
    title: str
    url: str
    page: int | None
    quote: str


class AskResult(BaseModel):
    """An answer with its sources."""

    status: AnswerStatus
    answer: str
    citations: list[Cited]
    conversation_id: str
    question_id: str


def search_result(found: Retrieval) -> SearchResult:
    """What was found, as the tool tells it."""
    return SearchResult(
        results=[_found(passage) for passage in found.passages],
        in_corpus=in_corpus_probability(found),
        index_as_of=found.index_as_of,
    )


def _found(passage: Passage) -> Found:
    return Found(
        id=f"{passage.document_id}#{passage.ordinal}",
        title=passage.title,
        url=address_of(passage.url, passage.document_id),
        text=passage.text,
        score=passage.score,
        page=passage.page,
        heading_path=list(passage.heading_path),
    )


def ask_result(reply: AskReply) -> AskResult:
    """An answer, as the tool tells it."""
    cited = [
        Cited(
            marker=one.marker,
            id=one.document_id,
            title=one.title,
            url=address_of(one.url, one.document_id),
            page=one.page,
            quote=one.quote,
        )
        for one in reply.citations
    ]
    return AskResult(
        status=reply.status,
        answer=reply.answer,
        citations=cited,
        conversation_id=reply.conversation_id,
        question_id=reply.question_id,
    )


def input_schema(
    arguments: type[BaseModel], kbs: Sequence[str], usual: str | None
) -> dict[str, Any]:
    """The schema of a tool's arguments, as plain as those models read that are to fill it in.

    `kbs`: the knowledge bases to choose from; none where there is nothing to choose. `usual`: the
    one that is meant where none is named.
    """
    schema = arguments.model_json_schema()
    without_null(schema)
    properties = schema["properties"]
    if "filter" in properties:
        properties["filter"] = {"type": "object", "description": _FILTER}
    if "knowledge_base" in properties:
        del properties["knowledge_base"]
        if kbs:
            default = {"default": usual} if usual else {}
            properties["knowledge_base"] = {"enum": list(kbs), "description": _KB} | default
            schema["required"] = [*schema["required"], *([] if usual else ["knowledge_base"])]
    kept = {name: schema[name] for name in ("type", "properties", "required")}
    return kept | {"additionalProperties": False}
