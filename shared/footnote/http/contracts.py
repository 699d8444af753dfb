"""The bodies and parameters of the HTTP API, checked before anything is done."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from footnote.domain.answer import AnswerStatus, CitationStatus, RemovalReason
from footnote.domain.document import DocumentStatus
from footnote.domain.feedback import Rating
from footnote.domain.knowledge_base import LONGEST_WISH
from footnote.http.filters import FilterBody
from footnote.http.text import Text, readable, storable

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
Label = Annotated[Text, StringConstraints(min_length=1, max_length=64)]
Wish = Annotated[
    Text,
    StringConstraints(strip_whitespace=True, max_length=LONGEST_WISH),
    AfterValidator(readable),
]
KnowledgeBase = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class _Body(BaseModel):
    # An unknown field is a mistake that should be heard of, not ignored.
    model_config = ConfigDict(extra="forbid", frozen=True)


class SearchRequest(_Body):
    """`POST /v1/search`."""

    question: Words
    knowledge_base: KnowledgeBase = "default"
    top_k: Annotated[int, Field(ge=1, le=100)] = 10
    filter: FilterBody | None = None


class AskRequest(_Body):
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


class LabelRoutesBody(_Body):
    """Who answers questions of a label, as a classifier of the knowledge base tells it.

    `models`: by label the name of a model of `footnote models`, or null where the documents are not
    to answer: such questions are declined, and do not count as unanswered.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    classifier: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    models: Annotated[dict[Label, Label | None], Field(min_length=1, max_length=200)]


class SettingsBody(_Body):
    """How a knowledge base wants its questions to be answered.

    `persona`: who speaks and in which tone. `answer_format`: how an answer is laid out. Models are
    told both below the rules, which stay as they are. `cache_answers`: whether answers are kept for
    the next time that the same is asked; turning it off deletes those that are. `label_routes`:
    whether a question's label says who answers it.
    """

    persona: Wish = ""
    answer_format: Wish = ""
    cache_answers: StrictBool = True
    label_routes: LabelRoutesBody | None = None


class FeedbackBody(_Body):
    """`POST /v1/feedback`."""

    question_id: UUID
    rating: Rating
    comment: Annotated[Words, StringConstraints(max_length=2000)] | None = None
    correction: Annotated[Words, StringConstraints(max_length=8000)] | None = None


class UploadRequest(_Body):
    """`POST /v1/documents`."""

    name: Words
    knowledge_base: KnowledgeBase = "default"
    content_type: Annotated[Text, StringConstraints(max_length=200)] = "application/octet-stream"


class _Reply(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class SharesReply(_Reply):
    """What a score is made of, which is their sum: meaning, words, and the document as a whole."""

    meaning: float
    words: float
    document: float


class PassageReply(_Reply):
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


class SearchReply(_Reply):
    """The passages, best first, and how likely it is that the documents speak of the question."""

    passages: list[PassageReply]
    in_corpus: Probability
    index_as_of: datetime
    degraded: str | None


class ForgottenReply(_Reply):
    """What is gone: questions with all that is tied to them, and answers that were kept of them."""

    conversation_id: str
    questions: int
    kept_answers: int


class FeedbackReply(_Reply):
    """What is kept now."""

    question_id: str
    rating: Rating


class CitationReply(_Reply):
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


class UsageReply(_Reply):
    """Tokens of the model."""

    input_tokens: int
    output_tokens: int


class AskReply(_Reply):
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


class SettingsReply(_Reply):
    """The settings of a knowledge base, which need not have any documents yet."""

    knowledge_base: str
    persona: str
    answer_format: str
    cache_answers: bool
    label_routes: LabelRoutesBody | None


class DocumentReply(_Reply):
    """One document; of a long one that is worked on, texts `embedded` of `to_embed`."""

    document_id: str
    key: str
    version_id: str | None
    status: DocumentStatus
    reason: str | None
    title: str | None
    chunks: int
    embedded: int | None = None
    to_embed: int | None = None
    bytes: int | None
    indexed_at: datetime | None


class AwaitReply(DocumentReply):
    """The document that holds the version asked for, or would.

    Where that was `overtaken` it is no longer what the bucket holds and will not be answerable;
    the rest tells of the version that is known instead.
    """

    overtaken: bool


class DocumentsReply(_Reply):
    """A page of documents.

    The first comes with `counts` by status: of the whole knowledge base, whatever was asked for.
    """

    documents: list[DocumentReply]
    next_cursor: str | None
    counts: dict[DocumentStatus, int] | None


class HistoryReply(_Reply):
    """One change of a document's status."""

    at: datetime
    status: DocumentStatus
    reason: str | None
    version_id: str | None
    chunks: int


class DocumentDetailReply(DocumentReply):
    """One document with its history, newest first."""

    url: str | None
    attributes: dict[str, object]
    history: list[HistoryReply]


class ChunkReply(_Reply):
    """A part of what was understood of a document."""

    ordinal: int
    text: str
    page: int | None
    heading_path: list[str]


class ChunksReply(_Reply):
    """A page of a document's chunks."""

    chunks: list[ChunkReply]
    next_cursor: str | None


class UploadTarget(_Reply):
    """One request that uploads the file."""

    method: str
    url: str
    headers: dict[str, str]


class UploadReply(_Reply):
    """Where to send the file, and what it will be."""

    document_id: str
    key: str
    upload: UploadTarget


class ModelHealth(_Reply):
    """A model that answers; `held_s`: seconds that it is left alone for, because it was down."""

    name: str
    checkpoint: str | None
    sunset: date | None
    held_s: float


class RecallReply(_Reply):
    """What checks of live searches came to; `exact` where searches are exact and need none.

    Of `checks`, `measured` ended in time. `recall` is the share of passages that live searches
    found, `lowest` that of the worst search.
    """

    knowledge_base: str = Field(validation_alias="kb")
    chunks: int
    exact: bool
    checks: int
    measured: int
    recall: Probability | None
    lowest: Probability | None


class HealthReply(_Reply):
    """Whether questions can be answered now, and by whom.

    `next_sunset`: the first day on which a model that any route leads to is dropped.
    """

    status: str
    embedding_model: str
    generation_model: str
    models: list[ModelHealth]
    next_sunset: date | None
    version: str
