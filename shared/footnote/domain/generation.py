"""A document as it is about to be seen by readers: all of it or none of it."""

from dataclasses import dataclass, field

from footnote.domain.chunk import Chunk
from footnote.domain.document import DocumentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedChunk:
    """A chunk with what it is found by: its embedding, and term ids with their BM25 parts."""

    chunk: Chunk
    embedding: list[float]
    lexical: dict[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What one version of an object became; chunks only where the status is `ready`."""

    status: DocumentStatus
    version_id: str | None = None
    reason: str | None = None
    content_hash: bytes | None = None
    size: int | None = None
    title: str | None = None
    url: str | None = None
    attributes: dict[str, object] = field(default_factory=dict)
    chunks: tuple[IndexedChunk, ...] = ()
