"""Passages: chunks as retrieved for a question, with score and rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from footnote.domain.document import DocumentId
from footnote.domain.knowledge_base import USUAL_SETTINGS, KnowledgeBaseSettings
from footnote.domain.pages import page_at

# How a retrieval was made while the embedding model was down.
WORDS_ONLY = "words_only"
# And while the reranker was: passages are in the order of their fused scores.
NOT_RERANKED = "not_reranked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A chunk as part of a passage: its place in the document, and its text.

    `score` is None where the chunk was not found itself and only stands beside one that was.
    `content_hash` is that of the text that was embedded for it: title, headings and text.
    """

    ordinal: int
    page: int | None
    start: int
    text: str
    page_breaks: tuple[int, ...] = ()
    score: float | None = None
    content_hash: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What a passage's score is made of; they add up to it.

    How near its meaning is to the question's, how much its words say, and how near its document is.
    """

    meaning: float
    words: float
    document: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One retrieved chunk; `score` is the fused score in 0..1, `rank` counts from 1.

    `cosine` is the similarity of the embeddings (-1..1), `bm25` the unnormalised lexical score,
    `relevance` what a reranker made the rank of, on its own scale, where there is one.
    `beside` are the chunks before and after it in its section, where they were asked for. Where
    several chunks were put together to one passage, `parts` are these, in order.
    """

    rank: int
    score: float
    cosine: float
    bm25: float
    document_id: DocumentId
    key: str
    version_id: str | None
    title: str
    url: str | None
    page: int | None
    heading_path: tuple[str, ...]
    ordinal: int
    start: int
    text: str
    page_breaks: tuple[int, ...] = ()
    content_hash: bytes = b""
    beside: tuple[Part, ...] = ()
    parts: tuple[Part, ...] = ()
    relevance: float | None = None
    shares: Shares | None = None

    def part_at(self, offset: int) -> Part:
        """The chunk that `text[offset]` belongs to."""
        begun = [part for part in self.parts if part.start <= self.start + offset]
        return begun[-1] if begun else self.as_part()

    def page_at(self, offset: int) -> int | None:
        """The page of `text[offset]`; None where the document has no pages."""
        part = self.part_at(offset)
        return page_at(part.page, part.page_breaks, self.start + offset - part.start)

    def chunks(self) -> tuple[Part, ...]:
        """The chunks that its text consists of, in order."""
        return self.parts or (self.as_part(),)

    def as_part(self) -> Part:
        """The retrieved chunk itself."""
        return Part(
            ordinal=self.ordinal,
            page=self.page,
            start=self.start,
            text=self.text,
            page_breaks=self.page_breaks,
            score=self.score,
            content_hash=self.content_hash,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the candidates tell of whether the documents speak of the question at all.

    `cosine` is the best one. The others are shares of the question's idf weight: `coverage` (0..1)
    that whose terms the best passages hold, `bm25` the best BM25 score, `margin` by how much that
    is above the mean of the ten best.
    """

    cosine: float = 0.0
    coverage: float = 0.0
    bm25: float = 0.0
    margin: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """Everything one retrieval found.

    `calibration` is what was fitted to the index on a question set: how to weigh the `evidence`.
    `index_as_of`: every upload up to this time is reflected. `active_index` is the one that
    questions were to be answered from at that moment, `languages` those of the index that was
    searched, `embedding_model` what the question was embedded by and `embedding` what came of it,
    `degraded` what had to be gone without, `exact` whether every chunk was compared by meaning,
    `quantized` whether the model's HNSW index holds bits by now, `adapter` the number of the one in
    force by now, `settings` how the knowledge base wants to be answered from it, `cost_usd` what
    embedding and reranking cost, where their prices are known.
    """

    passages: tuple[Passage, ...]
    index_as_of: datetime
    evidence: Evidence = Evidence()
    calibration: tuple[float, ...] | None = None
    active_index: int | None = None
    languages: tuple[str, ...] = ()
    embedding_model: str = ""
    embedding: Sequence[float] | None = None
    degraded: str | None = None
    exact: bool = False
    quantized: bool | None = None
    adapter: int | None = None
    settings: KnowledgeBaseSettings = USUAL_SETTINGS
    cost_usd: Decimal = Decimal(0)
