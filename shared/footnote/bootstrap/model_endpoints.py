"""Models: what embeds, what writes, and the keys that they are reached with."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.bootstrap.process import database, settings
from footnote.domain.errors import SettingsError

if TYPE_CHECKING:
    from footnote.domain.model import Model
    from footnote.domain.search_index import IndexForm
    from footnote.embedding.port import Embedder
    from footnote.generation.port import Generator
    from footnote.postgres.models import PostgresModels
    from footnote.postgres.passages import PostgresPassages
    from footnote.postgres.search_indexes import PostgresSearchIndexes

_SETTINGS_KEY = "FOOTNOTE_GENERATION_API_KEY"


@cache
def search_indexes() -> "PostgresSearchIndexes":
    """The indexes of each knowledge base."""
    from footnote.postgres.search_indexes import PostgresSearchIndexes

    return PostgresSearchIndexes(database(), index_form())


@cache
def models() -> "PostgresModels":
    """The registry of models."""
    from footnote.postgres.models import PostgresModels

    return PostgresModels(database())


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


def model_dir() -> Path:
    """Where the local embedding model lies."""
    from footnote.embedding.model_folder import default_model_dir

    return Path(settings().model_dir) if settings().model_dir else default_model_dir()


def encoders() -> Path:
    """Where encoders of somebody's own lie, each in a folder of its name."""
    from footnote.embedding.model_folder import encoders_dir

    return encoders_dir(model_dir())


def form_of(model: str, chunk_chars: int) -> "IndexForm":
    """What an index of this model is made with: `local`, an encoder, or a hosted model.

    Raises:
        ModelUnavailableError: it is an encoder that is not here.
        SettingsError: there is no such model.
    """
    from footnote.domain.search_index import IndexForm
    from footnote.embedding.model_folder import (
        DIMENSION,
        MODEL,
        encoder_folder,
        is_encoder,
        read_manifest,
    )
    from footnote.embedding.names import full_name, name_and_dimension

    if model in {"local", MODEL}:
        return IndexForm(model=MODEL, dimension=DIMENSION, chunk_chars=chunk_chars)
    if is_encoder(model):
        built = read_manifest(encoder_folder(model, encoders()))
        return IndexForm(model=model, dimension=built.dimension, chunk_chars=chunk_chars)
    name, dimension = name_and_dimension(model)
    return IndexForm(model=full_name(name, dimension), dimension=dimension, chunk_chars=chunk_chars)


@cache
def embedder_of(model: str) -> "Embedder":
    """An embedding model by its full name, with the patience that a batch of documents needs."""
    return _embedder(model, timeout_s=30)


@cache
def question_embedder(model: str) -> "Embedder":
    """The same; somebody waits, and API Gateway gives up after 29 seconds."""
    from footnote.embedding.model_folder import is_local

    return embedder_of(model) if is_local(model) else _embedder(model, timeout_s=5)


def _embedder(model: str, *, timeout_s: float) -> "Embedder":
    from footnote.embedding.model_folder import MODEL, encoder_folder, is_local

    if is_local(model):
        from footnote.embedding.local import LocalEmbedder

        return LocalEmbedder(model_dir() if model == MODEL else encoder_folder(model, encoders()))
    from footnote.embedding.hosted import HostedEmbedder
    from footnote.embedding.names import name_and_dimension

    chosen = settings()
    name, dimension = name_and_dimension(model)
    return HostedEmbedder(
        base_url=chosen.embedding_base_url,
        api_key=chosen.embedding_api_key.get_secret_value(),
        model=name,
        dimension=dimension,
        timeout_s=timeout_s,
    )


def settings_model() -> "Model | None":
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
def generator(model: "Model") -> "Generator":
    """A model of the registry or of the settings; its key is read at its first use."""
    from footnote.generation.hosted import HostedGenerator

    if model == settings_model():
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

        return read_secret(key_ref).strip()
    key = os.environ.get(key_ref, "").strip() if key_ref else ""
    if key_ref and not key:
        message = f"{key_ref} is not set here; {whose} has its key there"
        raise SettingsError(message)
    return key


def extractive() -> "Generator":
    """What answers without a model."""
    from footnote.generation.extractive import ExtractiveGenerator
    from footnote.retrieval.terms import term_counts

    # The local model is loaded when it is needed: not every process of the API is asked something.
    return ExtractiveGenerator(
        lambda texts: question_embedder(index_form().model).embed(texts), term_counts
    )


@cache
def passages() -> "PostgresPassages":
    """Retrieval from Postgres."""
    from footnote.postgres.passages import PostgresPassages

    return PostgresPassages(database())
