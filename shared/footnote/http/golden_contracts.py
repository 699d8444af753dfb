"""The bodies of `/v1/golden`, checked before anything is done."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from footnote.domain.answer import AnswerStatus
from footnote.domain.golden import Change, WordOp
from footnote.http.contracts import KnowledgeBase, Words
from footnote.http.filters import FilterBody


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GoldenBody(_Body):
    """`POST /v1/golden`; `expected`: words that the answer is to hold."""

    question: Words
    knowledge_base: KnowledgeBase = "default"
    expected: Annotated[Words, StringConstraints(max_length=2000)] | None = None
    filter: FilterBody | None = None
    top_k: Annotated[int, Field(ge=1, le=20)] = 8


class GoldenRunBody(_Body):
    """`POST /v1/golden/{golden_id}/run`; `force`: also where the same passages are found."""

    knowledge_base: KnowledgeBase = "default"
    force: StrictBool = False


class GoldenAcceptBody(_Body):
    """`POST /v1/golden/{golden_id}/accept`."""

    knowledge_base: KnowledgeBase = "default"


class _Reply(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class GoldenCitationReply(_Reply):
    """A quote that an answer rests on."""

    document_id: str
    key: str
    quote: str


class GoldenAnswerReply(_Reply):
    """What was answered, and when."""

    status: AnswerStatus
    text: str
    citations: list[GoldenCitationReply]
    model: str
    answered_at: datetime


class WordRunReply(_Reply):
    """Words that were kept, removed or added."""

    op: WordOp
    text: str


class GoldenReply(_Reply):
    """A golden question with the answer that counts as right and, where it differs, the last one.

    `changes`: in what they differ, worst first. `words`: their texts, word by word.
    `holds_expected` is null where no words are expected, or nothing was answered yet.
    """

    golden_id: str
    question: str
    expected: str | None
    top_k: int
    created_at: datetime
    baseline: GoldenAnswerReply | None
    current: GoldenAnswerReply | None
    holds_expected: bool | None
    changes: list[Change]
    words: list[WordRunReply]


class GoldenListReply(_Reply):
    """The golden questions of a knowledge base, the oldest first; 200 at most."""

    golden: list[GoldenReply]


class GoldenRunReply(_Reply):
    """Whether the question was asked, or found the passages of the last time."""

    outcome: Literal["asked", "unchanged"]
    golden: GoldenReply
