"""Embeds through an OpenAI-compatible endpoint, and believes nothing of its reply unchecked."""

import base64
import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from footnote.domain.errors import UnusableReplyError
from footnote.embedding.names import full_name
from footnote.embedding.port import Vector
from footnote.openai_endpoint import OpenAIEndpoint
from footnote.openai_errors import ParameterRefusedError

# OpenAI's limits for one request: 2,048 texts of 8,192 tokens each, 300,000 together. A token of
# a byte-level tokenizer is at least one byte, so as many bytes hold for every text and language.
_MAX_TEXTS = 2048
_MAX_TEXT_BYTES = 8192
_MAX_REQUEST_BYTES = 300_000


class _Embedding(BaseModel):
    index: int
    embedding: list[float] | str  # a string is base64 of little-endian float32


class _Reply(BaseModel):
    data: list[_Embedding]


class HostedEmbedder:
    """A model of an OpenAI-compatible endpoint; texts count up to their 8,192nd byte.

    `model` names the dimension as well: vectors of another length are other vectors.
    """

    def __init__(
        self, *, base_url: str, api_key: str, model: str, dimension: int, timeout_s: float = 30.0
    ) -> None:
        """Connect to nothing yet; `timeout_s` is for one request with its second attempt."""
        self.model = full_name(model, dimension)
        self.dimension = dimension
        self._endpoint = OpenAIEndpoint(
            base_url, api_key, name="FOOTNOTE_EMBEDDING", most_mb=_most_mb(dimension)
        )
        self._timeout_s = timeout_s
        # base64 takes a quarter of the bytes; a server that refuses it is asked for numbers.
        self._options: dict[str, Any] = {"model": model, "encoding_format": "base64"}
        if "text-embedding-3" in model:  # the only ones that can be asked for a length
            self._options["dimensions"] = dimension

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One unit vector per text, in order; as many requests as their limits ask for."""
        prepared = [_prepared(text) for text in texts]
        return [vector for batch in _batches(prepared) for vector in self._embed_batch(batch)]

    def _embed_batch(self, texts: list[str]) -> list[Vector]:
        embeddings = self._request(texts).data
        embeddings.sort(key=lambda embedding: embedding.index)
        if [embedding.index for embedding in embeddings] != list(range(len(texts))):
            raise UnusableReplyError(
                f"{self.model} sent {len(embeddings)} embeddings for {len(texts)} texts,"
                " or not one for each"
            )
        return [self._unit_vector(embedding.embedding) for embedding in embeddings]

    def _request(self, texts: list[str]) -> _Reply:
        options = self._options
        try:
            return self._endpoint.call(
                lambda client: client.embeddings.with_raw_response.create(input=texts, **options),
                _Reply,
                deadline_s=self._timeout_s,
            )
        except ParameterRefusedError as error:
            if error.parameter != "encoding_format" or options["encoding_format"] == "float":
                raise
            self._options = options | {"encoding_format": "float"}
            return self._request(texts)

    def _unit_vector(self, received: list[float] | str) -> Vector:
        values = _decoded(received) if isinstance(received, str) else received
        if len(values) != self.dimension:
            raise UnusableReplyError(
                f"{self.model} sent {len(values)} floats:"
                " FOOTNOTE_EMBEDDING_DIMENSION must be what the model makes"
            )
        norm = math.sqrt(math.sumprod(values, values))
        if not math.isfinite(norm) or norm == 0.0:
            raise UnusableReplyError(f"{self.model} sent a vector that is zero or not finite")
        return [value / norm for value in values]


def _most_mb(dimension: int) -> int:
    """What a full request's reply may take: 24 characters for a float written out, and slack."""
    return 1 + _MAX_TEXTS * dimension * 24 // 2**20


def _prepared(text: str) -> str:
    """Well-formed text within the limit and never empty, which the endpoint would refuse."""
    cut = text.encode(errors="replace")[:_MAX_TEXT_BYTES].decode(errors="ignore")
    return cut or " "


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        length = len(text.encode())
        if batch and (len(batch) == _MAX_TEXTS or size + length > _MAX_REQUEST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += length
    if batch:
        yield batch


def _decoded(received: str) -> Sequence[float]:
    try:
        raw = base64.b64decode(received, validate=True)
        return struct.unpack(f"<{len(raw) // 4}f", raw)
    except (ValueError, struct.error) as error:
        raise UnusableReplyError("the endpoint sent an embedding that is not base64") from error
