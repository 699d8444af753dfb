"""What each line of an export holds: the one description that writing and reading share."""

import base64
import binascii
import math
import struct
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from footnote.domain.document import DocumentStatus

FORMAT = "footnote export"
VERSION = 1
_FLOAT_BYTES = 2
LONGEST_VECTOR = 4000
_MOST_CHUNKS = 1_000_000


def encode_vector(vector: "list[float]") -> str:
    """Base64 of half-precision floats, 2 bytes each, the most significant byte first."""
    return base64.b64encode(struct.pack(f">{len(vector)}e", *vector)).decode()


def _vector(told: object) -> tuple[float, ...]:
    packed = _bytes(told)
    length = len(packed) // _FLOAT_BYTES
    if not 1 <= length <= LONGEST_VECTOR or len(packed) % _FLOAT_BYTES:
        message = f"a vector has 1 to {LONGEST_VECTOR} floats of {_FLOAT_BYTES} bytes"
        raise ValueError(message)
    floats = struct.unpack(f">{length}e", packed)
    if not all(map(math.isfinite, floats)):
        message = "a vector holds finite numbers only"
        raise ValueError(message)
    return floats


def _bytes(told: object) -> bytes:
    try:
        return base64.b64decode(str(told), validate=True)
    except (binascii.Error, ValueError) as error:
        message = "is not base64"
        raise ValueError(message) from error


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        message = "a time needs its offset from UTC"
        raise ValueError(message)
    return moment


type Vector = Annotated[tuple[float, ...], BeforeValidator(_vector)]
type Packed = Annotated[bytes, BeforeValidator(_bytes)]
type Moment = Annotated[datetime, AfterValidator(_aware)]
type Count = Annotated[int, Field(ge=0, lt=2**31)]
type Total = Annotated[int, Field(ge=0, lt=2**63)]
type Json = Mapping[str, Any]


class Line(BaseModel):
    """One line: a JSON object whose `kind` says what it is about."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    # Lines come in the order of their kinds' sections.
    section: ClassVar[int]
    once: ClassVar[bool] = False
    kind: str


class Header(Line):
    """What the file is; `documents`, `chunks` and `questions` are for the progress alone."""

    section = 0
    once = True
    kind: Literal["header"]
    format: Literal["footnote export"]
    version: Literal[1]
    footnote: str
    knowledge_base: str
    exported_at: Moment
    bucket: str
    documents: Total
    chunks: Total
    questions: Total


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


class GoldenAnswerPart(BaseModel):
    """The answer that counts as right, or the last one."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    role: Literal["baseline", "current"]
    status: str
    text: str
    citations: list[Json]
    passages: list[str]
    model: str
    answered_at: Moment


class GoldenLine(Line):
    """A golden question with its answers."""

    section = 8
    kind: Literal["golden"]
    golden_id: UUID
    question: str
    expected: str | None
    filter: Json | None
    top_k: int = Field(ge=1, lt=2**15)
    created_at: Moment
    checked_at: Moment | None
    answers: list[GoldenAnswerPart] = Field(max_length=2)


class CallPart(BaseModel):
    """A call to a model."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    position: int = Field(ge=-(2**15), lt=2**15)
    called_at: Moment
    model: str
    checkpoint: str | None
    outcome: str
    reason: str
    escalated: bool
    shadow: bool
    arm: str | None
    input_tokens: Count
    output_tokens: Count
    cost_usd: Decimal | None
    latency_ms: float


class FeedbackPart(BaseModel):
    """What somebody said of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    rating: Literal["up", "down"]
    comment: str | None
    correction: str | None
    given_at: Moment


class LabelPart(BaseModel):
    """What somebody who knows said of a question."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    answer: str | None
    passages: list[dict[Literal["key", "text"], str]]
    labelled_at: Moment


class QuestionLine(Line):
    """A question and what became of it; `keyed`: whether it was asked with a key."""

    section = 9
    kind: Literal["question"]
    question_id: UUID
    conversation_id: str
    asked_at: Moment
    text: str
    about: str
    status: str
    model: str
    checkpoint: str | None
    fallback: str | None
    cached: bool
    degraded: str | None
    in_corpus: float
    input_tokens: Count
    output_tokens: Count
    cost_usd: Decimal | None
    timings_ms: Json
    keyed: bool
    embedding_model: str | None
    embedding: Vector | None
    filter: Json | None
    top_k: int = Field(ge=0, lt=2**15)
    calls: list[CallPart]
    feedback: FeedbackPart | None
    label: LabelPart | None = None


class MemberPart(BaseModel):
    """A question of a cluster."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    question_id: UUID
    reason: Literal["declined", "down_voted"]
    asked_at: Moment


class ClusterLine(Line):
    """Questions that are alike and were not answered, and what answers them by now."""

    section = 10
    kind: Literal["cluster"]
    cluster_id: UUID
    leader: UUID
    embedding_model: str
    embedding: Vector
    filter: Json | None
    state: Literal["open", "closed", "dismissed"]
    changed_at: Moment
    checked_at: Moment | None
    reopened_at: Moment | None
    key: str | None
    quote: str | None
    content_hash: Packed | None
    members: list[MemberPart]


class PastQuestionsLine(Line):
    """Sums of a day, of questions that were forgotten."""

    section = 11
    kind: Literal["past_questions"]
    day: date
    status: str
    model: str
    questions: Total
    cached: Total
    up: Total
    down: Total
    input_tokens: Total
    output_tokens: Total
    cost_usd: Decimal
    unpriced: Total


class PastCallsLine(Line):
    """The same of their calls."""

    section = 12
    kind: Literal["past_calls"]
    day: date
    model: str
    checkpoint: str
    shadow: bool
    outcome: str
    calls: Total
    escalated: Total
    input_tokens: Total
    output_tokens: Total
    cost_usd: Decimal
    unpriced: Total
    latency_ms: float


class End(Line):
    """The last line: how many lines of each kind came before, and the hash of all of them."""

    section = 13
    once = True
    kind: Literal["end"]
    counts: dict[str, int]
    sha256: str


KINDS: Mapping[str, type[Line]] = {
    "header": Header,
    "settings": SettingsLine,
    "index": IndexLine,
    "adapter": AdapterLine,
    "route": RouteLine,
    "key": KeyLine,
    "classifier": ClassifierLine,
    "document": DocumentLine,
    "chunk": ChunkLine,
    "golden": GoldenLine,
    "question": QuestionLine,
    "cluster": ClusterLine,
    "past_questions": PastQuestionsLine,
    "past_calls": PastCallsLine,
    "end": End,
}
