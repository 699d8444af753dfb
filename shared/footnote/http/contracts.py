"""What is sent and answered about questions, and the types that all bodies share."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from footnote.domain.answer import AnswerStatus, CitationStatus, RemovalReason
from footnote.domain.feedback import Rating
from footnote.http.filters import FilterBody
from footnote.http.text import Text, storable

# Unicode's White_Space, which is what is stripped: dialects of patterns differ on what `\s` is.
_WHITE = "\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
# White space around what people type says nothing, and nothing else than that is nothing.
Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(storable),
    Field(json_schema_extra={"pattern": f"^[^\\u0000]*[^{_WHITE}\\u0000][^\\u0000]*$"}),
]
Probability = Annotated[float, Field(ge=0, le=1)]
KnowledgeBase = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class Body(BaseModel):
    """What is sent."""

    # An unknown field is a mistake that should be heard of, not ignored.
    model_config = ConfigDict(extra="forbid", frozen=True)


class SearchRequest(Body):
    """`POST /v1/search`."""

    question: Words
    knowledge_base: KnowledgeBase = "default"
    top_k: Annotated[int, Field(ge=1, le=100)] = 10
    filter: FilterBody | None = None


class AskRequest(Body):
    """`POST /v1/ask`.

    With an `output_schema` (JSON Schema 2020-12, the part of it that docs/output.md names) the
    reply's `output` is a value that fits it.
    """

    question: Words
    knowledge_base: KnowledgeBase = "default"
    conversation_id: Annotated[Text, StringConstraints(max_length=64)] | None = None
    top_k: Annotated[int, Field(ge=1, le=20)] = 8
    filter: FilterBody | None = None
    output_schema: dict[str, Any] | None = None


class FeedbackBody(Body):
    """`POST /v1/feedback`."""

    question_id: UUID
    rating: Rating
    comment: Annotated[Words, StringConstraints(max_length=2000)] | None = None
    correction: Annotated[Words, StringConstraints(max_length=8000)] | None = None


class Reply(BaseModel):
    """What is answered, of what is known inside."""

    model_config = ConfigDict(from_attributes=True)


class SharesReply(Reply):
    """What a score is made of, which is their sum: meaning, words, and the document as a whole."""

    meaning: float
    words: float
    document: float


class PassageReply(Reply):
    """One retrieved chunk.

    `score` is what rank goes by, unless a reranker told a `relevance`; `cosine` and `bm25` are what
    its `shares` were made of, each on its own scale.
    """

    rank: int
    score: float
    relevance: float | None
    shares: SharesReply | None
    cosine: float
    bm25: float
    document_id: str
    key: str
    version_id: str | None
    title: str
    url: str | None
    page: int | None
    heading_path: list[str]
    text: str


class SearchReply(Reply):
    """The passages, best first, and how likely it is that the documents speak of the question."""

    passages: list[PassageReply]
    in_corpus: Probability
    index_as_of: datetime
    degraded: str | None


class ForgottenReply(Reply):
    """What is gone: questions with all that is tied to them, and answers that were kept of them."""

    conversation_id: str
    questions: int
    kept_answers: int


class FeedbackReply(Reply):
    """What is kept now."""

    question_id: str
    rating: Rating


class CitationReply(Reply):
    """Where an answer's sentence comes from.

    `verified`: the sentence says what the quote says, in nearly its words. `unverified`: the quote
    is verbatim and nothing contradicts it, but the sentence puts it in other words. In an
    `output` it is the value at the JSON pointer `field` that the quote holds, or bears out.
    """

    marker: int
    status: CitationStatus
    document_id: str
    key: str
    version_id: str | None
    title: str
    url: str | None
    page: int | None
    heading_path: list[str]
    quote: str
    start: int
    end: int
    field: str | None


class UsageReply(Reply):
    """Tokens of the model."""

    input_tokens: int
    output_tokens: int


class AskReply(Reply):
    """The answer with its citations.

    `question`: as it was understood, with what it leans on in brackets where it follows on others.
    `removed`: why sentences that the model wrote are not in it, one reason each. `cached`: a model
    wrote it for an earlier question, and everything that it cites still stands; it cost nothing.
    `output`: the value that `output_schema` asked for; `answer` is then the same as JSON text.
    `label`: the one that decided who answers, where the knowledge base has `label_routes`.
    """

    question_id: str
    conversation_id: str
    question: str
    status: AnswerStatus
    answer: str
    output: Any = None
    citations: list[CitationReply]
    in_corpus: Probability
    removed: list[RemovalReason]
    truncated: bool
    model: str
    label: str | None = None
    checkpoint: str | None
    fallback: str | None
    cached: bool
    degraded: str | None
    usage: UsageReply
    cost_usd: Annotated[
        float | None,
        Field(description="US dollars; null where a model was called whose prices nobody gave"),
    ]
    index_as_of: datetime
    timings_ms: dict[str, float]
