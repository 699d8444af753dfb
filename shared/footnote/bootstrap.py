"""The composition root: builds each thing once per process, from the settings.

Imports stand inside the functions, so that a function never loads what it does not use.
"""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.domain.errors import SettingsError
from footnote.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_sqs import SQSClient

    from footnote.access.door import Door
    from footnote.answer_cache import AnswerCache
    from footnote.ask import AskPorts
    from footnote.aws.objects import S3Objects
    from footnote.aws.queue import SqsQueue
    from footnote.aws.work_queue import SqsWorkQueue
    from footnote.build_dataset import BuildPorts
    from footnote.circuit_breaker import CircuitBreakers
    from footnote.classify import ClassifyPorts
    from footnote.client import ApiClient
    from footnote.deliveries import DeliveryPorts
    from footnote.domain.access import Caller
    from footnote.domain.document import KnowledgeBaseId
    from footnote.domain.fine_tuning import FineTuning, JobSettings
    from footnote.domain.knowledge_base import KnowledgeBaseSettings
    from footnote.domain.model import Model
    from footnote.domain.search_index import IndexForm
    from footnote.embedding.port import Embedder
    from footnote.embedding.query_adapter import KnownAdapters
    from footnote.fine_tune import FineTunePorts
    from footnote.generation.port import Generator
    from footnote.golden import GoldenPorts
    from footnote.http.ports import ApiPorts, QuestionPorts
    from footnote.ingest import IngestPorts
    from footnote.intake import IntakePorts
    from footnote.judge_checkpoint import JudgePorts
    from footnote.model_alone import ModelAlone
    from footnote.postgres.access_keys import PostgresAccessKeys
    from footnote.postgres.checkpoints import PostgresCheckpoints
    from footnote.postgres.classifiers import PostgresClassifiers
    from footnote.postgres.connection import Database
    from footnote.postgres.conversations import PostgresConversations
    from footnote.postgres.datasets import PostgresDatasets
    from footnote.postgres.fine_tuning import PostgresJobs
    from footnote.postgres.ledger import PostgresLedger
    from footnote.postgres.models import PostgresModels
    from footnote.postgres.passages import PostgresPassages
    from footnote.postgres.query_adapters import PostgresQueryAdapters
    from footnote.postgres.recall import PostgresRecall
    from footnote.postgres.reindex import PostgresReindex
    from footnote.postgres.retention import PostgresRetention
    from footnote.postgres.search_indexes import PostgresSearchIndexes
    from footnote.postgres.spending import PostgresSpending
    from footnote.postgres.visits import PostgresVisits
    from footnote.reconcile import ReconcilePorts
    from footnote.reindex import ReindexPorts
    from footnote.retention import RetentionPorts
    from footnote.retrieval.reranking import Reranking
    from footnote.retrieve import RetrievePorts
    from footnote.revisit import RevisitPorts
    from footnote.tune import TunePorts
    from footnote.tune_embeddings import AdapterPorts

MEGABYTE = 2**20
_SETTINGS_KEY = "FOOTNOTE_GENERATION_API_KEY"


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: one of them is not what it can be; it may be a secret, and is not repeated.
    """
    from pydantic import ValidationError

    try:
        return Settings()
    except ValidationError as error:
        wrong = (f"FOOTNOTE_{one['loc'][0]}".upper() + f": {one['msg']}" for one in error.errors())
        raise SettingsError("; ".join(wrong)) from None


@cache
def intake_ports() -> "IntakePorts":
    """What `intake` needs."""
    from footnote.intake import IntakePorts
    from footnote.postgres.documents import PostgresDocuments

    return IntakePorts(
        documents=PostgresDocuments(_database()),
        redelivery=_queue(settings().queue_url),
        work=_work_queue(),
    )


@cache
def delivery_ports() -> "DeliveryPorts":
    """What `ingest` needs where it is told of events by messages."""
    from footnote.deliveries import DeliveryPorts

    return DeliveryPorts(
        ingest=ingest_ports(),
        redelivery=_queue(settings().work_queue_url),
        work=_work_queue(),
        revisit=_revisit_ports(),
        golden=_golden_ports(),
    )


@cache
def _golden_ports() -> "GoldenPorts":
    from footnote.golden import GoldenPorts
    from footnote.postgres.golden import PostgresGolden
    from footnote.postgres.ledger import PostgresLedger

    kept = settings().retention_days > 0
    quiet = PostgresLedger(_database(), keeps_words=kept, gathers=False)
    return GoldenPorts(
        questions=PostgresGolden(_database()),
        ask=replace(ask_ports(), ledger=quiet, conversations=None),
    )


def _revisit_ports() -> "RevisitPorts":
    from footnote.attempts import CascadePorts
    from footnote.revisit import RevisitPorts

    # A reranker costs money with every question.
    retrieve = replace(retrieve_ports(), reranking=None)
    return RevisitPorts(
        visits=visits(),
        retrieve=retrieve,
        cascade=CascadePorts(
            generators=_generator, extractive=_extractive(), breakers=retrieve.breakers
        ),
    )


@cache
def visits() -> "PostgresVisits":
    """Which unanswered questions are looked at again."""
    from footnote.postgres.visits import PostgresVisits

    return PostgresVisits(_database())


def send_visits() -> None:
    """Ask for every knowledge base to be looked at again that has questions without an answer."""
    from footnote.inbox.visits import Visit, visit_message

    # Intake passes them on, as it does with all that reconciliation sends.
    notifications().send([visit_message(Visit(kb=kb)).body for kb in visits().request(None)])


@cache
def ingest_ports() -> "IngestPorts":
    """What `ingest` needs."""
    from footnote.draft_embeddings import EmbedPorts
    from footnote.drafts import DraftPorts
    from footnote.ingest import IngestPorts
    from footnote.parsing import ParsingLimits
    from footnote.parsing.ocr.tesseract import is_installed
    from footnote.parsing.sandbox import SandboxedParser
    from footnote.postgres.documents import PostgresDocuments
    from footnote.postgres.index import PostgresEmbeddings, PostgresIndex

    chosen = settings()
    max_bytes = chosen.max_document_mb * MEGABYTE
    parser = SandboxedParser(
        timeout_s=chosen.parse_timeout_s,
        memory_mb=chosen.parse_memory_mb,
        limits=ParsingLimits(
            max_bytes=max_bytes,
            ocr=bool(chosen.ocr_languages) and is_installed(),
            ocr_languages=chosen.ocr_languages,
            max_ocr_pages=chosen.ocr_max_pages,
        ),
    )
    documents = PostgresDocuments(_database())
    return IngestPorts(
        documents=documents,
        drafts=DraftPorts(
            objects=_objects(), indexes=search_indexes(), parser=parser, max_bytes=max_bytes
        ),
        embed=EmbedPorts(
            embedders=embedder_of, kept=PostgresEmbeddings(_database()), progress=documents
        ),
        index=PostgresIndex(_database()),
        tags=_objects() if chosen.object_tags else None,
        reading_s=chosen.parse_timeout_s,
    )


@cache
def reconcile_ports() -> "ReconcilePorts":
    """What `reconcile` needs."""
    from footnote.aws.bucket import Bucket
    from footnote.aws.session import s3_client
    from footnote.postgres.reconcile import PostgresReconciliation
    from footnote.reconcile import ReconcilePorts

    chosen = settings()
    return ReconcilePorts(
        bucket=Bucket(s3_client(chosen.aws_endpoint_url), chosen.bucket),
        documents=PostgresReconciliation(_database()),
        notifications=notifications(),
        max_delete_share=chosen.reconcile_max_delete_share,
    )


def new_secret_key(name: str) -> str:
    """Make a key that does everything; its text is told this once."""
    from footnote.domain.access import KeyKind, NewKey

    return access_keys().add(NewKey(kind=KeyKind.SECRET, name=name))


def erase_documents(bucket: str) -> int:
    """Delete a bucket with every version in it; returns how many there were."""
    from footnote.aws.erasing import erase_bucket
    from footnote.aws.session import s3_client

    return erase_bucket(s3_client(settings().aws_endpoint_url), bucket)


def index_age_s() -> float:
    """How long the oldest upload waits that is not in the index yet."""
    from footnote.postgres.reconcile import PostgresReconciliation

    return PostgresReconciliation(_database()).longest_wait_s()


def measure_models() -> None:
    """Tell how long all models that routes lead to are there, where the end of one is known."""
    from footnote.observability import MODEL_DAYS, measure

    day = models().catalogue().next_sunset
    if day is not None:
        measure({MODEL_DAYS: (day - datetime.now(UTC).date()).days})


@cache
def notifications() -> "SqsQueue":
    """Where S3's notifications go, and those that are sent again."""
    return _queue(settings().queue_url)


@cache
def dead_letters() -> "SqsQueue":
    """Where messages are kept that failed too often."""
    return _queue(settings().dead_letter_queue_url)


@cache
def search_indexes() -> "PostgresSearchIndexes":
    """The indexes of each knowledge base."""
    from footnote.postgres.search_indexes import PostgresSearchIndexes

    return PostgresSearchIndexes(_database(), index_form())


@cache
def api_ports() -> "ApiPorts":
    """What the HTTP API needs."""
    from footnote.http.ports import ApiPorts
    from footnote.postgres.documents import PostgresDocuments
    from footnote.postgres.feedback import PostgresFeedback
    from footnote.postgres.knowledge_bases import PostgresKnowledgeBases
    from footnote.postgres.unanswered import PostgresUnanswered
    from footnote.postgres.usage import PostgresUsage

    return ApiPorts(
        door=door(),
        ask=ask_ports(),
        documents=PostgresDocuments(_database()),
        feedback=PostgresFeedback(_database(), alike=settings().unanswered_alike),
        classify=classify_ports(),
        keys=access_keys(),
        usage=PostgresUsage(_database()),
        budgets=_spending().budgets,
        knowledge_bases=PostgresKnowledgeBases(_database()),
        recall=recall().report,
        unanswered=PostgresUnanswered(_database()),
        golden=_golden_ports(),
        retention=retention(),
        uploads=_objects(),
        bucket=settings().bucket,
        # SQS' client is made at the first one: few requests ever need it.
        notify=lambda body: notifications().send([body]),
        database_is_up=_database().ping,
        embedding_model=index_form().model,
        max_question_chars=settings().max_question_chars,
        question_timeout_s=settings().question_timeout_s,
        version=_version(),
    )


def inner_api(context: object) -> "ApiClient":
    """A client of the whole API in this process, for the canary, which has no key."""
    from footnote.access.door import Door
    from footnote.client import ApiClient
    from footnote.http.api import build_api
    from footnote.http.in_process import ADDRESS, InProcess

    api = build_api(replace(api_ports(), door=Door(None)))
    return ApiClient(ADDRESS, InProcess(api, context))


def arm_client(steps: "Sequence[Model]") -> "ApiClient":
    """A client of the API in this process, for which these models answer, one after the other.

    No answer is taken from an earlier question, and no question is gathered or kept in words.
    """
    from footnote.access.door import Door
    from footnote.arm_models import OneRoute
    from footnote.client import ApiClient
    from footnote.generation.recent_models import RecentModels
    from footnote.http.api import build_api
    from footnote.http.in_process import ADDRESS, InProcess, Unhurried
    from footnote.postgres.ledger import PostgresLedger

    quiet = PostgresLedger(_database(), keeps_words=False, gathers=False)
    models = RecentModels(OneRoute(steps), None)
    ask = replace(ask_ports(), models=models, ledger=quiet, answers=None, conversations=None)
    api = build_api(replace(api_ports(), door=Door(None), ask=ask))
    return ApiClient(ADDRESS, InProcess(api, Unhurried()))


def model_alone(model: "Model") -> "ModelAlone":
    """A model without passages."""
    from footnote.model_alone import ModelAlone

    return ModelAlone(model, _generator(model))


@cache
def door() -> "Door":
    """Who is let in.

    Raises:
        SettingsError: a deployment is to stand open, which is for one's own machine only.
    """
    from footnote.access.door import Door

    if not settings().keyless:
        return Door(access_keys())
    # Lambda sets the first one itself, `sam local` both.
    if "AWS_LAMBDA_RUNTIME_API" in os.environ and "AWS_SAM_LOCAL" not in os.environ:
        message = "FOOTNOTE_KEYLESS is for one's own machine; a deployment lets in who has a key"
        raise SettingsError(message)
    return Door(None)


@cache
def access_keys() -> "PostgresAccessKeys":
    """The keys to the API."""
    from footnote.postgres.access_keys import PostgresAccessKeys

    return PostgresAccessKeys(_database())


@cache
def question_ports() -> "QuestionPorts":
    """What answering over a stream needs."""
    from footnote.http.ports import QuestionPorts

    return QuestionPorts(
        door=door(),
        ask=ask_ports(),
        max_question_chars=settings().max_question_chars,
        question_timeout_s=settings().question_timeout_s,
    )


@cache
def ask_ports() -> "AskPorts":
    """What `ask` needs."""
    from footnote.ask import AskPorts
    from footnote.attempts import CascadePorts
    from footnote.generation.recent_models import RecentModels
    from footnote.retrieval.recall_guard import GuardedSearch

    breakers = retrieve_ports().breakers
    guarded = GuardedSearch(_passages(), recall(), share=settings().recall_sample)
    return AskPorts(
        retrieve=replace(retrieve_ports(), passages=guarded),
        models=RecentModels(models(), _settings_model()),
        cascade=CascadePorts(generators=_generator, extractive=_extractive(), breakers=breakers),
        purse=_spending(),
        ledger=ledger(),
        answers=_answer_cache(),
        conversations=_conversations(),
    )


@cache
def _spending() -> "PostgresSpending":
    from footnote.postgres.spending import PostgresSpending

    return PostgresSpending(_database(), settings().daily_budget_usd)


@cache
def retrieve_ports() -> "RetrievePorts":
    """What finding passages needs."""
    from footnote.circuit_breaker import CircuitBreakers
    from footnote.retrieval.last_known import LastKnownIndexes
    from footnote.retrieve import RetrievePorts

    breakers = CircuitBreakers()
    return RetrievePorts(
        indexes=LastKnownIndexes(search_indexes()),
        embedders=_question_embedder,
        adapters=_adapters(),
        passages=_passages(),
        breakers=breakers,
        reranking=_reranking(breakers) if settings().rerank_base_url else None,
        paid_by=_embedding_paid_by(),
    )


def _embedding_paid_by() -> "Callable[[Caller, Embedder], Embedder] | None":
    from footnote.metering import EmbeddingPrice

    usd = settings().embedding_price
    if usd is None or not settings().embeds_hosted:
        return None
    return EmbeddingPrice(purse=_spending(), usd=usd).paid_by


def _reranking(breakers: "CircuitBreakers") -> "Reranking":
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
    return Reranking(reranker=reranker, breaker=breaker, passages=chosen.rerank_passages)


@cache
def recall() -> "PostgresRecall":
    """What checks of live searches came to."""
    from footnote.postgres.recall import PostgresRecall

    return PostgresRecall(_database())


@cache
def models() -> "PostgresModels":
    """The registry of models."""
    from footnote.postgres.models import PostgresModels

    return PostgresModels(_database())


@cache
def ledger() -> "PostgresLedger":
    """What every question came to."""
    from footnote.postgres.ledger import PostgresLedger

    chosen = settings()
    return PostgresLedger(
        _database(), alike=chosen.unanswered_alike, keeps_words=chosen.retention_days > 0
    )


@cache
def retention() -> "PostgresRetention":
    """What is kept of questions."""
    from footnote.postgres.retention import PostgresRetention

    return PostgresRetention(_database())


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
def reindexing() -> "PostgresReindex":
    """The indexes of knowledge bases, to build, switch and drop."""
    from footnote.postgres.reindex import PostgresReindex

    return PostgresReindex(_database(), search_indexes())


@cache
def reindex_ports() -> "ReindexPorts":
    """What building an index needs."""
    from footnote.reindex import ReindexPorts

    return ReindexPorts(
        indexes=reindexing(),
        embedders=embedder_of,
        work=_work_queue(),
        bucket=settings().bucket,
    )


@cache
def tune_ports() -> "TunePorts":
    """What fitting an index to a question set needs."""
    from footnote.postgres.fitted import PostgresFitted
    from footnote.tune import TunePorts

    return TunePorts(
        indexes=search_indexes(),
        embedders=embedder_of,
        adapters=_adapters(),
        passages=_passages(),
        fitted=PostgresFitted(_database()),
    )


@cache
def adapter_ports() -> "AdapterPorts":
    """What learning a map on questions' embeddings needs."""
    from footnote.postgres.fitted import PostgresFitted
    from footnote.tune_embeddings import AdapterPorts

    return AdapterPorts(
        indexes=search_indexes(),
        embedders=embedder_of,
        passages=_passages(),
        fitted=PostgresFitted(_database()),
        store=query_adapters(),
    )


@cache
def classifiers() -> "PostgresClassifiers":
    """Checkpoints of classifiers, and which serve."""
    from footnote.postgres.classifiers import PostgresClassifiers

    return PostgresClassifiers(_database())


@cache
def classify_ports() -> "ClassifyPorts":
    """What classifying texts needs."""
    from footnote.classify import ClassifyPorts

    return ClassifyPorts(classifiers=classifiers(), embedders=_question_embedder)


@cache
def query_adapters() -> "PostgresQueryAdapters":
    """The learned maps on questions' embeddings."""
    from footnote.postgres.query_adapters import PostgresQueryAdapters

    return PostgresQueryAdapters(_database())


@cache
def datasets() -> "PostgresDatasets":
    """The data sets to fine-tune with."""
    from footnote.postgres.datasets import PostgresDatasets

    return PostgresDatasets(_database())


@cache
def fine_tuning_jobs() -> "PostgresJobs":
    """The fine-tuning jobs."""
    from footnote.postgres.fine_tuning import PostgresJobs

    return PostgresJobs(_database())


@cache
def fine_tune_ports() -> "FineTunePorts":
    """What fine-tuning needs."""
    from footnote.fine_tune import FineTunePorts

    return FineTunePorts(jobs=fine_tuning_jobs(), datasets=datasets(), providers=_trainer)


@cache
def checkpoints() -> "PostgresCheckpoints":
    """The registry of fine-tuned models."""
    from footnote.postgres.checkpoints import PostgresCheckpoints

    return PostgresCheckpoints(_database())


def knowledge_base_settings(kb: "KnowledgeBaseId") -> "KnowledgeBaseSettings":
    """How a knowledge base wants to be answered."""
    from footnote.postgres.knowledge_bases import PostgresKnowledgeBases

    return PostgresKnowledgeBases(_database()).settings(kb)


@cache
def judge_ports() -> "JudgePorts":
    """What judging a checkpoint needs."""
    from footnote.judge_checkpoint import JudgePorts

    return JudgePorts(generators=_generator)


def _trainer(chosen: "JobSettings") -> "FineTuning":
    """Who trains; the key is read at the first use."""
    from footnote.domain.fine_tuning import Provider

    options = chosen.options
    if chosen.provider is Provider.BEDROCK:
        from footnote.aws.bedrock_jobs import BedrockJobs
        from footnote.aws.session import bedrock_client, s3_client

        return BedrockJobs(
            bedrock_client(chosen.base_url),
            s3_client(""),
            role=options.get("role", ""),
            bucket=options.get("bucket", ""),
        )
    key = key_of(chosen.key_ref, "the fine-tuning job")
    if chosen.provider is Provider.TOGETHER:
        from footnote.tuning.together_jobs import TogetherJobs

        return TogetherJobs(chosen.base_url, key)
    if chosen.provider is Provider.FIREWORKS:
        from footnote.tuning.fireworks_jobs import FireworksJobs

        return FireworksJobs(chosen.base_url, key, account=options.get("account", ""))
    if chosen.provider is Provider.VLLM:
        from footnote.tuning.vllm_adapters import VllmAdapters

        return VllmAdapters(chosen.base_url, key, options.get("adapter", ""))
    from footnote.tuning.openai_jobs import OpenAIJobs

    return OpenAIJobs(chosen.base_url, key)


@cache
def build_ports() -> "BuildPorts":
    """What building a data set needs."""
    from footnote.build_dataset import BuildPorts

    # A reranker costs money with every question.
    return BuildPorts(retrieve=replace(retrieve_ports(), reranking=None), asked=datasets())


@cache
def _adapters() -> "KnownAdapters":
    from footnote.embedding.query_adapter import KnownAdapters

    return KnownAdapters(query_adapters().read)


def close() -> None:
    """Close the database, if it was used: a command that ends would wait for its connections."""
    if _database.cache_info().currsize:
        _database().close()


def database_url() -> str:
    """What to connect to: the setting itself, or the secret that it names, as it is now."""
    chosen = settings()
    if chosen.database_secret_arn:
        from footnote.aws.secrets import read_secret
        from footnote.postgres.address import address_of

        return address_of(read_secret(chosen.database_secret_arn), host=chosen.database_host)
    return chosen.database_url.get_secret_value()


def index_form() -> "IndexForm":
    """What the first index of a knowledge base is made with; does not load the model."""
    from footnote.domain.search_index import IndexForm
    from footnote.embedding.model_folder import DIMENSION, MODEL
    from footnote.embedding.names import full_name

    chosen = settings()
    if not chosen.embeds_hosted:
        return IndexForm(model=MODEL, dimension=DIMENSION)
    dimension = chosen.embedding_dimension
    return IndexForm(model=full_name(chosen.embedding_model, dimension), dimension=dimension)


@cache
def embedder_of(model: str) -> "Embedder":
    """An embedding model by its full name, with the patience that a batch of documents needs."""
    return _embedder(model, timeout_s=30)


@cache
def _question_embedder(model: str) -> "Embedder":
    """The same; somebody waits, and API Gateway gives up after 29 seconds."""
    from footnote.embedding.model_folder import MODEL

    return embedder_of(model) if model == MODEL else _embedder(model, timeout_s=5)


def _embedder(model: str, *, timeout_s: float) -> "Embedder":
    from footnote.embedding.model_folder import MODEL, default_model_dir

    chosen = settings()
    if model == MODEL:
        from footnote.embedding.local import LocalEmbedder

        return LocalEmbedder(Path(chosen.model_dir) if chosen.model_dir else default_model_dir())
    from footnote.embedding.hosted import HostedEmbedder
    from footnote.embedding.names import name_and_dimension

    name, dimension = name_and_dimension(model)
    return HostedEmbedder(
        base_url=chosen.embedding_base_url,
        api_key=chosen.embedding_api_key.get_secret_value(),
        model=name,
        dimension=dimension,
        timeout_s=timeout_s,
    )


def _settings_model() -> "Model | None":
    """The one model that the settings name; it counts where the registry has no route."""
    from footnote.domain.model import Model

    chosen = settings()
    if not chosen.generates_hosted:
        return None
    return Model(
        name=chosen.generation_model,
        base_url=chosen.generation_base_url,
        remote_name=chosen.generation_model,
        input_price=chosen.generation_input_price,
        output_price=chosen.generation_output_price,
        key_ref=_SETTINGS_KEY,
    )


@cache
def _generator(model: "Model") -> "Generator":
    """A model of the registry or of the settings; its key is read at its first use."""
    from footnote.generation.hosted import HostedGenerator

    if model == _settings_model():
        return HostedGenerator(model, settings().generation_api_key.get_secret_value())
    return HostedGenerator(model, _key(model), name=f"model {model.name}")


def _key(model: "Model") -> str:
    """The key that a model's `key_ref` points to; empty for endpoints that want none."""
    return key_of(model.key_ref, f"model {model.name}")


def key_of(key_ref: str, whose: str) -> str:
    """The key at an environment variable or a secret's ARN; empty where neither is named.

    Raises:
        SettingsError: the variable is not set.
    """
    if key_ref.startswith("arn:"):
        from footnote.aws.secrets import read_secret

        return read_secret(key_ref)
    key = os.environ.get(key_ref, "") if key_ref else ""
    if key_ref and not key:
        message = f"{key_ref} is not set here; {whose} has its key there"
        raise SettingsError(message)
    return key


def _extractive() -> "Generator":
    from footnote.generation.extractive import ExtractiveGenerator
    from footnote.retrieval.terms import term_counts

    return ExtractiveGenerator(_question_embedder(index_form().model), term_counts)


def _conversations() -> "PostgresConversations":
    from datetime import timedelta

    from footnote.postgres.conversations import PostgresConversations

    return PostgresConversations(
        _database(),
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
        _database(),
        oldest=min(
            timedelta(hours=chosen.answer_cache_hours), timedelta(days=chosen.retention_days)
        ),
        most=chosen.answer_cache_entries,
    )
    return AnswerCache(answers=answers)


@cache
def _passages() -> "PostgresPassages":
    from footnote.postgres.passages import PostgresPassages

    return PostgresPassages(_database())


@cache
def _database() -> "Database":
    from footnote.postgres.connection import Database

    return Database(
        database_url,
        connections=settings().database_connections,
        connect_timeout_s=settings().database_connect_timeout_s,
        prepare=settings().database_prepare,
    )


@cache
def _objects() -> "S3Objects":
    from footnote.aws.objects import S3Objects
    from footnote.aws.session import s3_client

    chosen = settings()
    return S3Objects(lambda: s3_client(chosen.aws_endpoint_url), chosen.bucket)


def _queue(url: str) -> "SqsQueue":
    from footnote.aws.queue import SqsQueue

    return SqsQueue(_sqs(), url)


@cache
def _work_queue() -> "SqsWorkQueue":
    from footnote.aws.work_queue import SqsWorkQueue

    return SqsWorkQueue(_sqs(), settings().work_queue_url)


@cache
def _sqs() -> "SQSClient":
    from footnote.aws.queue import sqs_client

    return sqs_client(settings().aws_endpoint_url)


def _version() -> str:
    try:
        return version("footnote")
    except PackageNotFoundError:  # a layer holds the package's files without its metadata
        return "unknown"
