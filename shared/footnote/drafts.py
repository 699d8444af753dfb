"""What an object's current version is to become: read, parsed, chunked, not yet embedded."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from footnote.chunking import chunk_document
from footnote.domain.chunk import Chunk, content_hash, contextual_text
from footnote.domain.document import (
    LONGEST_KEY_BYTES,
    DocumentStatus,
    KnowledgeBaseId,
    ObjectVersion,
    SourceMetadata,
    knowledge_base_of,
    names_of,
)
from footnote.domain.element import PartitionedDocument
from footnote.domain.errors import DocumentError, SidecarError, SkippedDocumentError
from footnote.domain.generation import Generation
from footnote.domain.order import Claim
from footnote.domain.search_index import SearchIndex
from footnote.inbox.objects import ObjectStore, StoredObject
from footnote.inbox.sidecar import LARGEST_SIDECAR, read_sidecar, sidecar_key
from footnote.parsing.convert import clean_title


class Partition(Protocol):
    """Bytes to elements."""

    def partition(self, content: bytes, filename: str) -> PartitionedDocument:
        """The elements of a file; raises a DocumentError where it has none."""
        ...


class CurrentIndexes(Protocol):
    """The indexes that a knowledge base's documents belong into."""

    def current(self, kb: KnowledgeBaseId) -> tuple[SearchIndex, ...]:
        """All that are kept up to date; the first is the one that questions are answered from."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPorts:
    """What drafting needs from outside."""

    objects: ObjectStore
    indexes: CurrentIndexes
    parser: Partition
    max_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPart:
    """A draft's chunks for one index; `hashes` are those of the texts to embed, one per chunk."""

    index: SearchIndex
    title: str | None
    names: tuple[str, ...]
    chunks: tuple[Chunk, ...]
    hashes: tuple[bytes, ...]

    def texts(self) -> Iterator[tuple[bytes, str]]:
        """What is embedded, by its hash."""
        for hashed, chunk in zip(self.hashes, self.chunks, strict=True):
            yield hashed, contextual_text(self.title, chunk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Work that was begun: `generation` is complete but for its indexed parts.

    The first of its parts is for the index that questions are answered from.
    """

    version: ObjectVersion
    claim: Claim
    generation: Generation
    parts: tuple[DraftPart, ...] = ()

    def size(self) -> int:
        """How many texts it has."""
        return sum(len(part.hashes) for part in self.parts)


def draft(version: ObjectVersion, claim: Claim, ports: DraftPorts) -> Draft:
    """Read the bucket's current version; a document that cannot be read becomes its reason.

    Raises:
        TransientError: S3 or the parser is down.
    """
    generation = Generation(status=DocumentStatus.DELETED)
    stored = ports.objects.fetch(version.key, max_bytes=ports.max_bytes)
    if stored is None:
        return Draft(version=version, claim=claim, generation=generation)
    try:
        generation, parts = _ready(version.key, stored, ports)
        return Draft(version=version, claim=claim, generation=generation, parts=parts)
    except DocumentError as error:
        skipped = isinstance(error, SkippedDocumentError)
        generation = replace(
            generation,
            status=DocumentStatus.SKIPPED if skipped else DocumentStatus.FAILED,
            reason=str(error),
            sidecar_at_fault=isinstance(error, SidecarError),
            version_id=stored.version_id,
            size=stored.size,
        )
        return Draft(version=version, claim=claim, generation=generation)


def _ready(
    key: str, stored: StoredObject, ports: DraftPorts
) -> tuple[Generation, tuple[DraftPart, ...]]:
    if stored.content is None:
        limit = f"{ports.max_bytes // 2**20} MB"
        message = f"the file is larger than the limit of {limit} (FOOTNOTE_MAX_DOCUMENT_MB)"
        raise SkippedDocumentError(message)
    name = key.rsplit("/", 1)[-1]
    partitioned = ports.parser.partition(stored.content, name)
    metadata = _metadata(key, ports)
    title = clean_title(metadata.title) or partitioned.title
    generation = Generation(
        status=DocumentStatus.READY,
        version_id=stored.version_id,
        content_hash=hashlib.sha256(stored.content).digest(),
        size=stored.size,
        title=title or name,
        url=metadata.url,
        attributes=metadata.attributes or {},
    )
    indexes = ports.indexes.current(knowledge_base_of(key))
    return generation, _parts(key, title, partitioned, indexes)


def _metadata(key: str, ports: DraftPorts) -> SourceMetadata:
    described_at = sidecar_key(key)
    # S3 does not say that there is nothing at a key that is too long: it refuses the request.
    possible = len(described_at.encode()) <= LONGEST_KEY_BYTES
    stored = ports.objects.fetch(described_at, max_bytes=LARGEST_SIDECAR) if possible else None
    if stored is None:
        return SourceMetadata()
    if stored.content is None:
        message = f"the sidecar is larger than {LARGEST_SIDECAR} bytes"
        raise SidecarError(message)
    return read_sidecar(stored.content)


def _parts(
    key: str,
    title: str | None,
    partitioned: PartitionedDocument,
    indexes: Sequence[SearchIndex],
) -> tuple[DraftPart, ...]:
    # Indexes with chunks of one size share them.
    chunked = {
        size: chunk_document(partitioned, target_chars=size)
        for size in {index.form.chunk_chars for index in indexes}
    }
    names = names_of(key, title)
    # The file's name is left to the words: a file that is renamed then embeds nothing anew.
    hashes = {
        size: tuple(content_hash(contextual_text(title, chunk)) for chunk in chunks)
        for size, chunks in chunked.items()
    }
    return tuple(
        DraftPart(
            index=index,
            title=title,
            names=names,
            chunks=chunked[index.form.chunk_chars],
            hashes=hashes[index.form.chunk_chars],
        )
        for index in indexes
    )
