"""What retrieval needs from the index."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from footnote.domain.access import Caller
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.filter import Filter
from footnote.domain.fusion import Candidate, Weights
from footnote.domain.passage import Retrieval
from footnote.domain.search_index import SearchIndex
from footnote.retrieval.bm25 import QuestionTerm, TermPair


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question as an index takes it: its embedding, its terms and their pairs.

    Without a `vector` words alone count, and every cosine is zero. `plain` is the embedding before
    it went through an adapter: by it is told whether the documents speak of the question at all.
    Only chunks of documents that pass the `filter` are found; `beside` asks for the chunks next
    to each of them as well. Of several scores the `weights` make one; without them those of the
    index do.
    `seconds` is how long the search may take.
    """

    index: SearchIndex
    vector: list[float] | None
    terms: tuple[QuestionTerm, ...]
    top_k: int
    filter: Filter | None = None
    pairs: tuple[TermPair, ...] = ()
    beside: bool = False
    seconds: float | None = None
    weights: Weights | None = None
    plain: list[float] | None = None


class ActiveIndexes(Protocol):
    """Which index answers a knowledge base's questions."""

    def active(self, kb: KnowledgeBaseId) -> SearchIndex:
        """The active index; an empty one, with the id 0, where nothing was ever uploaded."""
        ...


class PassageSearch(Protocol):
    """An index, searched."""

    def search(self, query: Query) -> Retrieval:
        """The best passages, best first, in one round trip: `top_k` of them where there are."""
        ...


class Reranker(Protocol):
    """A model that reads question and text together; `model` names it."""

    model: str

    def rerank(self, question: str, texts: Sequence[str], *, deadline_s: float) -> list[float]:
        """How well each text answers, in the order of the texts: finite, and more is better.

        Raises:
            ModelUnavailableError: the endpoint is down, slow or overloaded.
            ModelRefusedError: the endpoint rejects the request, or its reply is not usable.
        """
        ...


class CandidateSearch(PassageSearch, Protocol):
    """An index, searched, that also tells what it chose from."""

    def candidates(self, query: Query, also: Sequence[int] = ()) -> list[Candidate]:
        """Every chunk that `search` chooses passages from, best first, whatever its `top_k`.

        `also`: chunks of the index that are scored with them, whoever is near.
        """
        ...


class PricedReranking(Protocol):
    """What reranking costs, and who pays for it."""

    def paid_by(self, caller: Caller, reranker: Reranker) -> Reranker:
        """The reranker, which the caller pays for where anything limits them."""
        ...

    def cost(self, question: str, texts: Sequence[str]) -> Decimal:
        """US dollars for reranking these texts."""
        ...
