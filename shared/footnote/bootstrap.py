"""The composition root: builds each thing once per process, from the settings.

Imports stand inside the functions, so that a function never loads what it does not use.
"""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.settings import Settings

if TYPE_CHECKING:
    from footnote.ask import AskPorts
    from footnote.aws.objects import S3Objects
    from footnote.embedding.port import Embedder
    from footnote.generation.port import Generator
    from footnote.http.ports import ApiPorts
    from footnote.ingest import IngestPorts
    from footnote.postgres.connection import Database

MEGABYTE = 2**20


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()


@cache
def ingest_ports() -> "IngestPorts":
    """What `ingest` needs."""
    from footnote.ingest import IngestPorts
    from footnote.parsing import ParsingLimits
    from footnote.parsing.sandbox import SandboxedParser
    from footnote.postgres.documents import PostgresDocuments
    from footnote.postgres.index import PostgresEmbeddings, PostgresIndex

    chosen = settings()
    max_bytes = chosen.max_document_mb * MEGABYTE
    return IngestPorts(
        objects=_objects(),
        documents=PostgresDocuments(_database()),
        index=PostgresIndex(_database()),
        embeddings=PostgresEmbeddings(_database()),
        parser=SandboxedParser(
            timeout_s=chosen.parse_timeout_s,
            memory_mb=chosen.parse_memory_mb,
            limits=ParsingLimits(max_bytes=max_bytes),
        ),
        embedder=embedder(),
        max_bytes=max_bytes,
    )


@cache
def api_ports() -> "ApiPorts":
    """What the HTTP API needs."""
    from footnote.http.ports import ApiPorts
    from footnote.postgres.documents import PostgresDocuments

    return ApiPorts(
        ask=ask_ports(),
        documents=PostgresDocuments(_database()),
        uploads=_objects(),
        database_is_up=_database().ping,
        max_question_chars=settings().max_question_chars,
        version=_version(),
    )


@cache
def ask_ports() -> "AskPorts":
    """What `ask` needs."""
    from footnote.ask import AskPorts
    from footnote.postgres.passages import PostgresPassages

    return AskPorts(
        embedder=_question_embedder(),
        passages=PostgresPassages(_database()),
        generator=_generator(),
        deadline_s=settings().generation_timeout_s,
    )


def database_url() -> str:
    """The connection URL, from the setting itself or from the secret that it names."""
    chosen = settings()
    if chosen.database_secret_arn:
        from footnote.aws.secrets import read_secret

        return read_secret(chosen.database_secret_arn)
    return chosen.database_url.get_secret_value()


def embedding_dimension() -> int:
    """Floats per embedding of the chosen model; does not load the model."""
    from footnote.embedding.model_folder import DIMENSION

    chosen = settings()
    return chosen.embedding_dimension if chosen.embeds_hosted else DIMENSION


@cache
def embedder() -> "Embedder":
    """The chosen embedding model, with the patience that a batch of documents needs."""
    chosen = settings()
    if chosen.embeds_hosted:
        return _hosted_embedder(timeout_s=30)
    from footnote.embedding.local import LocalEmbedder
    from footnote.embedding.model_folder import default_model_dir

    return LocalEmbedder(Path(chosen.model_dir) if chosen.model_dir else default_model_dir())


@cache
def _question_embedder() -> "Embedder":
    """The same model; somebody waits, and API Gateway gives up after 29 seconds."""
    return _hosted_embedder(timeout_s=5) if settings().embeds_hosted else embedder()


def _hosted_embedder(*, timeout_s: float) -> "Embedder":
    from footnote.embedding.hosted import HostedEmbedder

    chosen = settings()
    return HostedEmbedder(
        base_url=chosen.embedding_base_url,
        api_key=chosen.embedding_api_key.get_secret_value(),
        model=chosen.embedding_model,
        dimension=chosen.embedding_dimension,
        timeout_s=timeout_s,
    )


def _generator() -> "Generator":
    chosen = settings()
    if chosen.generates_hosted:
        from footnote.generation.hosted import HostedGenerator

        return HostedGenerator(
            base_url=chosen.generation_base_url,
            api_key=chosen.generation_api_key.get_secret_value(),
            model=chosen.generation_model,
        )
    from footnote.generation.extractive import ExtractiveGenerator
    from footnote.retrieval.terms import term_counts

    return ExtractiveGenerator(embedder(), term_counts)


@cache
def _database() -> "Database":
    from footnote.postgres.connection import Database

    return Database(database_url(), connections=settings().database_connections)


@cache
def _objects() -> "S3Objects":
    from footnote.aws.objects import S3Objects
    from footnote.aws.session import s3_client

    chosen = settings()
    return S3Objects(s3_client(chosen.aws_endpoint_url), chosen.bucket)


def _version() -> str:
    try:
        return version("footnote")
    except PackageNotFoundError:  # a layer holds the package's files without its metadata
        return "unknown"
