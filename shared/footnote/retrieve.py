"""Question to passages: by words and meaning; by words alone while the embedding model is down."""

from dataclasses import dataclass, replace
from decimal import Decimal

from footnote.circuit_breaker import CircuitBreakers
from footnote.domain.deadline import Deadline
from footnote.domain.errors import ModelRefusedError, ModelUnavailableError, RateLimitedError
from footnote.domain.passage import WORDS_ONLY, Retrieval
from footnote.domain.question import Question
from footnote.domain.search_index import SearchIndex
from footnote.embedding.port import Embedders, PricedEmbedding, Vector
from footnote.embedding.query_adapter import KnownAdapters
from footnote.observability import logger
from footnote.retrieval.bm25 import question_pairs, question_terms
from footnote.retrieval.last_known import LastKnownIndexes
from footnote.retrieval.port import PassageSearch, Query
from footnote.retrieval.reranking import Reranking
from footnote.wall_clock import within

# The share of the time left that an embedding may take: the answer takes the most.
EMBEDDING_SHARE = 0.2
# A search takes milliseconds; one that takes seconds is given up while there is time to say so.
SEARCH_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievePorts:
    """What finding passages needs from outside; `price`: of embedding, where it is known."""

    indexes: LastKnownIndexes
    embedders: Embedders
    adapters: KnownAdapters
    passages: PassageSearch
    breakers: CircuitBreakers
    reranking: Reranking | None = None
    price: PricedEmbedding | None = None


def retrieve(
    question: Question, ports: RetrievePorts, deadline: Deadline, *, beside: bool = False
) -> Retrieval:
    """The passages for a question, best first; with the chunks `beside` each, to be read with it.

    Raises:
        TransientError: the database is down.
    """
    reranking = ports.reranking
    if reranking is None:
        return _current(question, ports, deadline, beside=beside)
    # It chooses from more than is asked for.
    wide = replace(question, top_k=max(question.top_k, reranking.passages))
    found = _current(wide, ports, deadline, beside=beside)
    ranked = reranking.reranked(question, found, deadline)
    return replace(ranked, passages=ranked.passages[: question.top_k])


def _current(
    question: Question, ports: RetrievePorts, deadline: Deadline, *, beside: bool
) -> Retrieval:
    """A search of the index that answers, once more where another one does by now."""
    index = ports.indexes.active(question.kb)
    found = _search(question, index, ports, deadline, beside=beside)
    known = (
        found.active_index in (None, index.index_id)
        and found.quantized in (None, index.quantized)
        and found.adapter == index.adapter
    )
    if known and set(found.languages) <= set(index.languages):
        return found
    again = _search(question, ports.indexes.fresh(question.kb), ports, deadline, beside=beside)
    return replace(again, cost_usd=found.cost_usd + again.cost_usd)


def search_index(text: str, index: SearchIndex, top_k: int, ports: RetrievePorts) -> Retrieval:
    """The passages of one index; the question is embedded by its model, so none are mixed.

    Raises:
        TransientError: the model or the database is down.
        ModelRefusedError: the model endpoint rejects the request.
    """
    (vector,) = ports.embedders(index.form.model).embed([text])
    return ports.passages.search(adapted(query_of(text, index, top_k, vector), ports.adapters))


def retrieve_embedded(
    question: Question, index: SearchIndex, vector: Vector, ports: RetrievePorts
) -> Retrieval:
    """The passages for a question that was embedded before, with the chunks beside each.

    Raises:
        TransientError: the database is down.
    """
    query = adapted(query_of(question.wanted, index, question.top_k, vector), ports.adapters)
    return ports.passages.search(replace(query, filter=question.filter, beside=True))


def _search(
    question: Question,
    index: SearchIndex,
    ports: RetrievePorts,
    deadline: Deadline,
    *,
    beside: bool,
) -> Retrieval:
    vector = _embedded(question, index.form.model, ports, deadline)
    query = adapted(query_of(question.wanted, index, question.top_k, vector), ports.adapters)
    wanted = replace(query, filter=question.filter, beside=beside)
    found = ports.passages.search(replace(wanted, seconds=deadline.left() * SEARCH_SHARE))
    if vector:
        cost_usd = Decimal(0)
        if ports.price is not None:
            cost_usd = ports.price.cost(index.form.model, [question.wanted])
        return replace(found, embedding=vector, cost_usd=cost_usd)
    return replace(found, embedding_model="", degraded=WORDS_ONLY)


def query_of(text: str, index: SearchIndex, top_k: int, vector: Vector | None) -> Query:
    """A question as this index takes it, embedded by its model."""
    terms = question_terms(index.kb, text, index.languages)
    pairs = question_pairs(index.kb, text, index.languages)
    return Query(index=index, vector=vector, terms=terms, pairs=pairs, top_k=top_k)


def adapted(query: Query, adapters: KnownAdapters) -> Query:
    """The query as the index's adapter has it searched for."""
    if not query.vector:
        return query
    return replace(query, vector=adapters.adapted(query.vector, query.index), plain=query.vector)


def _embedded(
    question: Question, model: str, ports: RetrievePorts, deadline: Deadline
) -> Vector | None:
    """The question's embedding; none while its model is down, or over the budget."""
    breaker = ports.breakers[model]
    if not breaker.allows():
        return None
    try:
        seconds = deadline.left() * EMBEDDING_SHARE
        (vector,) = within(seconds, lambda: _paid(question, model, ports), name="embed")
    except (ModelUnavailableError, TimeoutError) as error:
        breaker.failed()
        logger.warning("searching by words alone", model=model, reason=str(error) or "too slow")
        return None
    except RateLimitedError as error:
        logger.warning("searching by words alone", model=model, reason=str(error))
        return None
    except ModelRefusedError as error:
        logger.error("searching by words alone", model=model, reason=str(error))
        return None
    breaker.succeeded()
    return vector


def _paid(question: Question, model: str, ports: RetrievePorts) -> list[Vector]:
    embedder = ports.embedders(model)
    if ports.price is not None:
        embedder = ports.price.paid_by(question.caller, embedder)
    return embedder.embed([question.wanted])
