"""Puts passages in a reranker's order, or leaves them in their own and says so."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from footnote.circuit_breaker import CircuitBreaker
from footnote.domain.access import Caller
from footnote.domain.deadline import Deadline
from footnote.domain.errors import (
    DatabaseUnavailableError,
    ModelRefusedError,
    ModelUnavailableError,
    RateLimitedError,
)
from footnote.domain.passage import NOT_RERANKED, Passage, Retrieval
from footnote.domain.question import Question
from footnote.observability import RERANK_TIME, logger, measure
from footnote.retrieval.port import PricedReranking, Reranker

# Of the time left, and never more than so many seconds: the answer takes the most.
SHARE, LONGEST_S = 0.15, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reranking:
    """A reranker that looks at the first `passages` of a search, or at all that are asked for.

    What the search knows of the documents as a whole, and so whether a question is declined, stays
    as it was: no reranker says whether any text answers at all. `price`: where it is known.
    """

    reranker: Reranker
    breaker: CircuitBreaker
    passages: int
    price: PricedReranking | None = None

    def reranked(self, question: Question, found: Retrieval, deadline: Deadline) -> Retrieval:
        """The same passages in the reranker's order; as they were where it fails."""
        if len(found.passages) < 2:
            return found
        texts = [_read(passage) for passage in found.passages]
        scores = self._scores(question, texts, deadline)
        if scores is None:
            told = (found.degraded, NOT_RERANKED)
            return replace(found, degraded=",".join(part for part in told if part))
        best = sorted(
            zip(found.passages, scores, strict=True), key=lambda pair: (-pair[1], pair[0].rank)
        )
        return replace(
            found,
            cost_usd=found.cost_usd + self._cost(question, texts),
            passages=tuple(
                replace(passage, rank=rank, relevance=score)
                for rank, (passage, score) in enumerate(best, start=1)
            ),
        )

    def _scores(
        self, question: Question, texts: Sequence[str], deadline: Deadline
    ) -> list[float] | None:
        if not self.breaker.allows():
            return None
        seconds, began = min(LONGEST_S, SHARE * deadline.left()), time.perf_counter()
        try:
            reranker = self._of(question.caller)
            scores = reranker.rerank(question.standalone, texts, deadline_s=seconds)
        except (RateLimitedError, DatabaseUnavailableError) as error:
            logger.warning("passages are not reranked", reason=str(error))
            return None
        except (ModelUnavailableError, ModelRefusedError) as error:
            wait_s = error.retry_after_s if isinstance(error, ModelUnavailableError) else None
            self.breaker.failed(wait_s or 0.0)
            model = self.reranker.model
            logger.warning("passages are not reranked", model=model, reason=str(error))
            return None
        self.breaker.succeeded()
        spent_ms = (time.perf_counter() - began) * 1e3
        measure({RERANK_TIME: spent_ms}, model=self.reranker.model)
        return scores

    def _of(self, caller: Caller) -> Reranker:
        return self.price.paid_by(caller, self.reranker) if self.price else self.reranker

    def _cost(self, question: Question, texts: Sequence[str]) -> Decimal:
        return self.price.cost(question.standalone, texts) if self.price else Decimal(0)


def _read(passage: Passage) -> str:
    """A passage with what says where it stands, as its embedding was made of."""
    headings = " > ".join(passage.heading_path)
    return "\n".join(part for part in (passage.title, headings, passage.text) if part)
