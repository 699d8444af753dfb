"""What finding passages costs at hosted models: embeddings of questions, and reranking."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from footnote.answering.token_count import count_tokens
from footnote.domain.access import Caller
from footnote.domain.errors import ModelRefusedError, UnusableReplyError
from footnote.domain.model import MILLION
from footnote.domain.spending import Amount
from footnote.embedding.model_folder import is_local
from footnote.embedding.port import Embedder, Vector
from footnote.metering import NOTHING, RESERVING_SHARE, Purse, reserve_within, settle
from footnote.retrieval.port import Reranker

# Cohere's: a search is a question with so many texts, and a text of more tokens, the question
# with it, counts as several.
# https://docs.cohere.com/docs/rerank-overview
_TEXTS_OF_A_SEARCH, _TOKENS_OF_A_TEXT = 100, 500
_THOUSAND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingPrice:
    """Has questions embedded by who asks them: `usd` for a million tokens of a hosted model."""

    purse: Purse
    usd: Decimal

    def paid_by(self, caller: Caller, embedder: Embedder) -> Embedder:
        """The embedder, which the caller pays for where anything limits them."""
        if is_local(embedder.model) or self.purse.is_open(caller):
            return embedder
        return MeteredEmbedder(embedder, self, caller)

    def cost(self, model: str, texts: Sequence[str]) -> Decimal:
        """US dollars for embedding these texts; what runs here costs nothing.

        What it took is counted here: not every endpoint says it.
        """
        return Decimal(0) if is_local(model) else self.usd * _tokens(texts) / MILLION


class MeteredEmbedder:
    """Calls an embedding model for somebody who has only so much to spend."""

    def __init__(self, inner: Embedder, price: EmbeddingPrice, caller: Caller) -> None:
        self.model, self.dimension = inner.model, inner.dimension
        self._inner = inner
        self._price = price
        self._caller = caller

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """See `Embedder.embed`; raises RateLimitedError where the budget is used up."""
        amount = Amount(tokens=_tokens(texts), usd=self._price.cost(self.model, texts))
        self._price.purse.reserve(self._caller, amount)
        try:
            return self._inner.embed(texts)
        except ModelRefusedError as error:
            if not isinstance(error, UnusableReplyError):
                settle(self._price.purse, self._caller, amount, NOTHING)
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankPrice:
    """Has passages reranked by who asks: `usd` for a thousand searches."""

    purse: Purse
    usd: Decimal

    def paid_by(self, caller: Caller, reranker: Reranker) -> Reranker:
        """The reranker, which the caller pays for where anything limits them."""
        if self.purse.is_open(caller):
            return reranker
        return MeteredReranker(reranker, self, caller)

    def cost(self, question: str, texts: Sequence[str]) -> Decimal:
        """US dollars for reranking these texts."""
        return self.usd * searches(question, texts) / _THOUSAND


class MeteredReranker:
    """Asks a reranker for somebody who has only so much to spend."""

    def __init__(self, inner: Reranker, price: RerankPrice, caller: Caller) -> None:
        self.model = inner.model
        self._inner = inner
        self._price = price
        self._caller = caller

    def rerank(self, question: str, texts: Sequence[str], *, deadline_s: float) -> list[float]:
        """See `Reranker.rerank`; raises RateLimitedError where the budget is used up.

        Its texts are no tokens of a minute: they are many, and nothing is written from them.
        """
        purse, caller = self._price.purse, self._caller
        amount = Amount(tokens=0, usd=self._price.cost(question, texts))
        reserve_within(deadline_s * RESERVING_SHARE, purse, caller, amount)
        try:
            left_s = deadline_s * (1 - RESERVING_SHARE)
            return self._inner.rerank(question, texts, deadline_s=left_s)
        except ModelRefusedError as error:
            if not isinstance(error, UnusableReplyError):
                settle(purse, caller, amount, NOTHING)
            raise


def _tokens(texts: Sequence[str]) -> int:
    return sum(map(count_tokens, texts))


def searches(question: str, texts: Sequence[str]) -> int:
    """As how many searches Cohere counts one call."""
    of_question = count_tokens(question)
    parts = sum(-(-(of_question + count_tokens(text)) // _TOKENS_OF_A_TEXT) for text in texts)
    return -(-parts // _TEXTS_OF_A_SEARCH)
