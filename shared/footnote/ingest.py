"""Knowledge in: what happened to an object in the bucket becomes what readers find."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Protocol

from footnote.chunking import chunk_document
from footnote.domain.chunk import Chunk, content_hash, contextual_text
from footnote.domain.document import (
    SIDECAR_SUFFIX,
    DocumentStatus,
    KnowledgeBaseId,
    ObjectVersion,
    SourceMetadata,
    is_sidecar,
    knowledge_base_of,
    names_of,
)
from footnote.domain.element import PartitionedDocument
from footnote.domain.errors import DocumentError, FailedDocumentError, SkippedDocumentError
from footnote.domain.generation import Generation, IndexedChunk
from footnote.domain.order import Claim, Verdict
from footnote.embedding.port import Embedder, Vector
from footnote.inbox.notifications import ObjectEvent
from footnote.inbox.objects import ObjectStore, StoredObject
from footnote.inbox.sidecar import LARGEST_SIDECAR, read_sidecar, sidecar_key
from footnote.retrieval.bm25 import lexical_vector

# Texts; a minute of work for the local model on a slow processor.
KEPT_TOGETHER = 512


class Documents(Protocol):
    """The fence: which events count."""

    def claim(self, version: ObjectVersion) -> Claim:
        """Accept an event, unless it is old or known already."""
        ...


class Index(Protocol):
    """What readers see."""

    def publish(self, version: ObjectVersion, claim: Claim, generation: Generation) -> bool:
        """Replace what readers see of a document, unless another event was accepted meanwhile."""
        ...


class KeptEmbeddings(Protocol):
    """Embeddings that were paid for."""

    def find(self, kb: KnowledgeBaseId, model: str, hashes: Sequence[bytes]) -> dict[bytes, Vector]:
        """Those that are known, by the hash of their text."""
        ...

    def keep(self, kb: KnowledgeBaseId, model: str, vectors: Mapping[bytes, Vector]) -> None:
        """Keep new ones."""
        ...


class Partition(Protocol):
    """Bytes to elements."""

    def partition(self, content: bytes, filename: str) -> PartitionedDocument:
        """The elements of a file; raises a DocumentError where it has none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestPorts:
    """What ingestion needs from outside."""

    objects: ObjectStore
    documents: Documents
    index: Index
    embeddings: KeptEmbeddings
    parser: Partition
    embedder: Embedder
    max_bytes: int


def ingest(event: ObjectEvent, ports: IngestPorts) -> Verdict:
    """Bring the index to what the bucket holds at the key of an event.

    Whatever the event says happened, the bucket is read after the event was accepted: the version
    that it names may be gone already, and a removal names what went, not what remains.

    Raises:
        TransientError: something outside is down; the same event may be tried again.
    """
    version = event.version
    if version.key.endswith("/"):
        return Verdict.DUPLICATE  # a console's folder marker: there is no document at such a key
    if is_sidecar(version.key):
        # Its document is indexed once more, in no order with the events of the document itself.
        key = version.key.removesuffix(SIDECAR_SUFFIX)
        version = replace(version, key=key, sequencer="", version_id=None, size=None)
        if ports.objects.fetch(version.key, max_bytes=0) is None:
            return Verdict.DUPLICATE
    claim = ports.documents.claim(version)
    if claim.verdict is Verdict.ACCEPT:
        ports.index.publish(version, claim, _generation(version.key, ports))
    return claim.verdict


def _generation(key: str, ports: IngestPorts) -> Generation:
    """What the current version becomes; a document that cannot be read becomes its reason."""
    stored = ports.objects.fetch(key, max_bytes=ports.max_bytes)
    if stored is None:
        return Generation(status=DocumentStatus.DELETED)
    try:
        return _ready(key, stored, ports)
    except DocumentError as error:
        skipped = isinstance(error, SkippedDocumentError)
        return Generation(
            status=DocumentStatus.SKIPPED if skipped else DocumentStatus.FAILED,
            reason=str(error),
            version_id=stored.version_id,
            size=stored.size,
        )


def _ready(key: str, stored: StoredObject, ports: IngestPorts) -> Generation:
    if stored.content is None:
        limit = f"{ports.max_bytes // 2**20} MB"
        message = f"the file is larger than the limit of {limit} (FOOTNOTE_MAX_DOCUMENT_MB)"
        raise SkippedDocumentError(message)
    name = key.rsplit("/", 1)[-1]
    partitioned = ports.parser.partition(stored.content, name)
    metadata = _metadata(key, ports)
    title = metadata.title or partitioned.title
    chunks = chunk_document(partitioned)
    return Generation(
        status=DocumentStatus.READY,
        version_id=stored.version_id,
        content_hash=hashlib.sha256(stored.content).digest(),
        size=stored.size,
        title=title or name,
        url=metadata.url,
        attributes=metadata.attributes or {},
        chunks=_indexed(key, title, chunks, ports),
    )


def _metadata(key: str, ports: IngestPorts) -> SourceMetadata:
    stored = ports.objects.fetch(sidecar_key(key), max_bytes=LARGEST_SIDECAR)
    if stored is None:
        return SourceMetadata()
    if stored.content is None:
        message = f"the sidecar is larger than {LARGEST_SIDECAR} bytes"
        raise FailedDocumentError(message)
    return read_sidecar(stored.content)


def _indexed(
    key: str, title: str | None, chunks: Sequence[Chunk], ports: IngestPorts
) -> tuple[IndexedChunk, ...]:
    kb, names = knowledge_base_of(key), names_of(key, title)
    # The file's name is left to the words: a file that is renamed then embeds nothing anew.
    texts = [contextual_text(title, chunk) for chunk in chunks]
    vectors = _embeddings(kb, texts, ports)
    return tuple(
        IndexedChunk(chunk=chunk, embedding=vector, lexical=lexical_vector(kb, names, chunk))
        for chunk, vector in zip(chunks, vectors, strict=True)
    )


def _embeddings(kb: KnowledgeBaseId, texts: Sequence[str], ports: IngestPorts) -> list[Vector]:
    """One vector per text; only what was never embedded before goes to the model."""
    hashes = [content_hash(text) for text in texts]
    model = ports.embedder.model
    known = ports.embeddings.find(kb, model, hashes)
    wanted = {
        hashed: text for hashed, text in zip(hashes, texts, strict=True) if hashed not in known
    }
    # Kept batch by batch, so that work which is cut off does not pay for the same texts again.
    for batch in batched(wanted.items(), KEPT_TOGETHER):
        vectors = ports.embedder.embed([text for _, text in batch])
        made = dict(zip((hashed for hashed, _ in batch), vectors, strict=True))
        ports.embeddings.keep(kb, model, made)
        known |= made
    return [known[hashed] for hashed in hashes]
