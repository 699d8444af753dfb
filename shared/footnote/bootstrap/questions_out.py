"""Question out: access, retrieval, answering and the ledger."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from footnote.bootstrap.model_endpoints import (
    extractive,
    generator,
    models,
    passages,
    question_embedder,
    search_indexes,
    settings_model,
)
from footnote.bootstrap.process import database, reader, settings

if TYPE_CHECKING:
    from footnote.answer_cache import AnswerCache
    from footnote.ask_ports import AskPorts
    from footnote.circuit_breaker import CircuitBreakers
    from footnote.classify import ClassifyPorts
    from footnote.domain.document import KnowledgeBaseId
    from footnote.domain.knowledge_base import KnowledgeBaseSettings
    from footnote.embedding.port import PricedEmbedding
    from footnote.embedding.query_adapter import KnownAdapters
    from footnote.postgres.access_keys import PostgresAccessKeys
    from footnote.postgres.classifiers import PostgresClassifiers
    from footnote.postgres.conversations import PostgresConversations
    from footnote.postgres.knowledge_bases import PostgresKnowledgeBases
    from footnote.postgres.ledger import PostgresLedger
    from footnote.postgres.query_adapters import PostgresQueryAdapters
    from footnote.postgres.recall import PostgresRecall
    from footnote.postgres.retention import PostgresRetention
    from footnote.postgres.spending import PostgresSpending
    from footnote.postgres.traffic import PostgresTraffic
    from footnote.postgres.usage import PostgresUsage
    from footnote.postgres.visits import PostgresVisits
    from footnote.retention import RetentionPorts
    from footnote.retrieval.recall_guard import ExactSearch
    from footnote.retrieval.reranking import Reranking
    from footnote.retrieve import RetrievePorts


@cache
def visits() -> "PostgresVisits":
    """Which unanswered questions are looked at again."""
    from footnote.postgres.visits import PostgresVisits

    return PostgresVisits(database())


@cache
def access_keys() -> "PostgresAccessKeys":
    """The keys to the API."""
    from footnote.postgres.access_keys import PostgresAccessKeys

    return PostgresAccessKeys(database())


@cache
def ask_ports() -> "AskPorts":
    """What `ask` needs."""
    from footnote.ask_ports import AskPorts
    from footnote.cascade_ports import CascadePorts
    from footnote.generation.recent_models import RecentModels
    from footnote.retrieval.recall_guard import GuardedSearch

    breakers = retrieve_ports().breakers
    guarded = GuardedSearch(_searched(), recall(), share=settings().recall_sample)
    return AskPorts(
        retrieve=replace(retrieve_ports(), passages=guarded),
        models=RecentModels(models(), settings_model()),
        cascade=CascadePorts(generators=generator, extractive=extractive(), breakers=breakers),
        purse=spending(),
        ledger=ledger(),
        answers=_answer_cache(),
        conversations=_conversations(),
        classify=classify_ports(),
    )


@cache
def spending() -> "PostgresSpending":
    """Budgets."""
    from footnote.postgres.spending import PostgresSpending

    return PostgresSpending(database(), settings().daily_budget_usd)


@cache
def retrieve_ports() -> "RetrievePorts":
    """What finding passages needs."""
    from footnote.circuit_breaker import CircuitBreakers
    from footnote.retrieval.last_known import LastKnownIndexes
    from footnote.retrieve import RetrievePorts

    breakers = CircuitBreakers()
    return RetrievePorts(
        indexes=LastKnownIndexes(search_indexes()),
        embedders=question_embedder,
        adapters=known_adapters(),
        passages=_searched(),
        breakers=breakers,
        reranking=_reranking(breakers) if settings().rerank_base_url else None,
        price=_embedding_price(),
    )


@cache
def _searched() -> "ExactSearch":
    """The database, or its copy where there is one; writes and all else stay with the database."""
    if not settings().reader_host:
        return passages()
    from footnote.circuit_breaker import CircuitBreaker
    from footnote.postgres.passages import PostgresPassages
    from footnote.retrieval.reader_first import ReaderFirst

    return ReaderFirst(PostgresPassages(reader()), passages(), CircuitBreaker())


@cache
def _embedding_price() -> "PricedEmbedding | None":
    from footnote.metered_retrieval import EmbeddingPrice

    usd = settings().embedding_price
    if usd is None or not settings().embeds_hosted:
        return None
    return EmbeddingPrice(purse=spending(), usd=usd)


def _reranking(breakers: "CircuitBreakers") -> "Reranking":
    from footnote.metered_retrieval import RerankPrice
    from footnote.retrieval.hosted_reranker import HostedReranker
    from footnote.retrieval.reranking import Reranking

    chosen = settings()
    reranker = HostedReranker(
        base_url=chosen.rerank_base_url,
        api_key=chosen.rerank_api_key.get_secret_value(),
        model=chosen.rerank_model,
    )
    # An endpoint may embed as well, and be down for one of them only.
    breaker = breakers[f"rerank {chosen.rerank_base_url}"]
    usd = chosen.rerank_price
    return Reranking(
        reranker=reranker,
        breaker=breaker,
        passages=chosen.rerank_passages,
        price=None if usd is None else RerankPrice(purse=spending(), usd=usd),
    )


@cache
def recall() -> "PostgresRecall":
    """What checks of live searches came to."""
    from footnote.postgres.recall import PostgresRecall

    return PostgresRecall(database())


@cache
def ledger() -> "PostgresLedger":
    """What every question came to."""
    from footnote.postgres.ledger import PostgresLedger

    chosen = settings()
    return PostgresLedger(
        database(), alike=chosen.unanswered_alike, keeps_words=chosen.retention_days > 0
    )


@cache
def usage() -> "PostgresUsage":
    """The ledger, added up."""
    from footnote.postgres.usage import PostgresUsage

    return PostgresUsage(database())


@cache
def traffic() -> "PostgresTraffic":
    """What is held, and how much of it changes."""
    from footnote.postgres.traffic import PostgresTraffic

    return PostgresTraffic(database())


@cache
def retention() -> "PostgresRetention":
    """What is kept of questions."""
    from footnote.postgres.retention import PostgresRetention

    return PostgresRetention(database())


@cache
def retention_ports() -> "RetentionPorts":
    """What forgetting needs."""
    from footnote.retention import RetentionPorts

    return RetentionPorts(
        questions=retention(),
        visitors=access_keys().forget_visitors,
        days=settings().retention_days,
    )


@cache
def query_adapters() -> "PostgresQueryAdapters":
    """The learned maps on questions' embeddings."""
    from footnote.postgres.query_adapters import PostgresQueryAdapters

    return PostgresQueryAdapters(database())


def knowledge_bases() -> "PostgresKnowledgeBases":
    """Which there are, and what each wants."""
    from footnote.postgres.knowledge_bases import PostgresKnowledgeBases

    return PostgresKnowledgeBases(database())


def knowledge_base_settings(kb: "KnowledgeBaseId") -> "KnowledgeBaseSettings":
    """How a knowledge base wants to be answered."""
    return knowledge_bases().settings(kb)


@cache
def known_adapters() -> "KnownAdapters":
    """The maps on questions' embeddings, as they were read last."""
    from footnote.embedding.query_adapter import KnownAdapters

    return KnownAdapters(query_adapters().read)


def _conversations() -> "PostgresConversations":
    from footnote.postgres.conversations import PostgresConversations

    return PostgresConversations(
        database(),
        oldest=timedelta(hours=settings().conversation_hours),
        turns=settings().conversation_turns,
    )


def _answer_cache() -> "AnswerCache | None":
    from footnote.answer_cache import AnswerCache
    from footnote.postgres.answers import PostgresAnswers

    chosen = settings()
    if not (chosen.answer_cache_hours and chosen.retention_days):
        return None
    answers = PostgresAnswers(
        database(),
        oldest=min(
            timedelta(hours=chosen.answer_cache_hours), timedelta(days=chosen.retention_days)
        ),
        most=chosen.answer_cache_entries,
    )
    return AnswerCache(answers=answers)


@cache
def classifiers() -> "PostgresClassifiers":
    """Checkpoints of classifiers, and which serve."""
    from footnote.postgres.classifiers import PostgresClassifiers

    return PostgresClassifiers(database())


@cache
def classify_ports() -> "ClassifyPorts":
    """What classifying texts needs."""
    from footnote.classify import ClassifyPorts

    return ClassifyPorts(
        classifiers=classifiers(), embedders=question_embedder, price=_embedding_price()
    )
