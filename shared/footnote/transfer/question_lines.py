"""What the lines of an export hold of questions, golden ones too, and of what became of them."""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from footnote.transfer.line import Count, Json, Line, Moment, Packed, Total, Vector


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
    finding_usd: Decimal | None = None
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
    finding_usd: Decimal = Decimal(0)
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
