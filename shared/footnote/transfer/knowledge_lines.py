"""What the lines of an export hold of documents, and of how a knowledge base answers."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from footnote.domain.document import DocumentStatus
from footnote.transfer.line import LONGEST_VECTOR, Count, Json, Line, Moment, Packed, Total, Vector

_MOST_CHUNKS = 1_000_000


class SettingsLine(Line):
    """How the knowledge base wants to be answered, and up to when it is current."""

    section = 1
    once = True
    kind: Literal["settings"]
    persona: str = Field(max_length=1000)
    answer_format: str = Field(max_length=1000)
    cache_answers: bool
    indexed_until: Moment | None


class IndexLine(Line):
    """The index that answers, with what was fitted to it; `adapter` is the number of one below."""

    section = 2
    once = True
    kind: Literal["index"]
    model: str = Field(min_length=1, max_length=300)
    dimension: int = Field(ge=1, le=LONGEST_VECTOR)
    chunk_chars: int = Field(ge=1, le=100_000)
    languages: list[str] = Field(max_length=100)
    fusion_weights: tuple[float, float, float] | None
    calibration: tuple[float, float, float, float, float] | None
    adapter: int | None


class AdapterLine(Line):
    """A learned map on the embeddings of questions."""

    section = 3
    kind: Literal["adapter"]
    number: int
    replaced: int | None
    directions: int = Field(ge=1, le=LONGEST_VECTOR)
    down: Packed
    up: Packed
    questions: Count
    question_set: Packed
    pull: float
    figures: Json
    created_at: Moment


class RouteLine(Line):
    """Which models answered: told to whoever imports, for models belong to the deployment."""

    section = 4
    once = True
    kind: Literal["route"]
    steps: list[str]
    candidate: str | None
    shadow: str | None


class KeyLine(Line):
    """A key that reached the knowledge base, without anything that it could be used by."""

    section = 5
    kind: Literal["key"]
    key_kind: Literal["publishable", "secret"]
    name: str
    every_knowledge_base: bool
    origins: list[str]
    requests_per_minute: int | None
    visitor_requests_per_minute: int | None
    tokens_per_minute: int | None
    daily_usd: Decimal | None
    expires_at: Moment | None


class ClassifierLine(Line):
    """A checkpoint of a classifier; one of each name may be `active`."""

    section = 6
    kind: Literal["classifier"]
    classifier: str
    number: int
    replaced: int | None
    active: bool
    model: str
    labels: list[str]
    weights: Packed
    temperature: float
    threshold: float
    learned: list[Packed]
    figures: Json
    created_at: Moment


class Change(BaseModel):
    """A change of a document's status."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    at: Moment
    status: DocumentStatus
    reason: str | None
    version_id: str | None
    chunks: Count


class DocumentLine(Line):
    """A document with its fence and its history; its `chunks` follow on their own lines.

    `named`: whether `title` is the document's own; else it is the file's name. `embedding`: what
    the document as a whole is about.
    """

    section = 7
    kind: Literal["document"]
    key: str
    sequencer: str = Field(max_length=200)
    sidecar_sequencer: str = Field(max_length=200)
    sidecar_at_fault: bool
    version_id: str | None = Field(max_length=1024)
    indexed_version_id: str | None = Field(max_length=1024)
    event_time: Moment
    status: DocumentStatus
    reason: str | None
    bytes: Total | None
    content_hash: Packed | None
    title: str | None
    named: bool
    url: str | None
    attributes: Json
    indexed_at: Moment | None
    history: list[Change]
    chunks: int = Field(ge=0, le=_MOST_CHUNKS)
    embedding: Vector | None


class ChunkLine(Line):
    """A chunk of the document above it."""

    section = 7
    kind: Literal["chunk"]
    ordinal: Count
    text: str
    heading_path: list[str]
    page: int | None = Field(ge=0, lt=2**31)
    page_breaks: list[Count]
    start: Count
    end: Count
    embedding: Vector
