"""A document as it is about to be seen by readers: all of it or none of it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from footnote.domain.chunk import Chunk
from footnote.domain.document import DocumentStatus
from footnote.domain.search_index import SearchIndex


class Fingerprint:
    """32 bytes that change with anything that readers could see or find, chunk by chunk."""

    def __init__(self, names: Sequence[str]) -> None:
        self._digest = hashlib.sha256("\0".join(names).encode())

    def add(self, chunk: Chunk, hashed: bytes) -> None:
        """Go on by one chunk and the hash of what was embedded for it."""
        self._digest.update(hashed)
        place = f"{chunk.page}/{chunk.start}/{chunk.end}/{chunk.heading_path}"
        self._digest.update(f"{place}{chunk.page_breaks or ''}".encode())

    def digest(self) -> bytes:
        """That of all chunks so far."""
        return self._digest.digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedDocument:
    """A document as one index is to hold it.

    `hashes` are those of the texts that were embedded, one per chunk; `embeddings` holds the
    vector of each. `names` is what people call the document: words that find all of its chunks.
    """

    index: SearchIndex
    names: tuple[str, ...]
    chunks: tuple[Chunk, ...]
    hashes: tuple[bytes, ...]
    embeddings: Mapping[bytes, Sequence[float]]

    def rows(self) -> Iterator[tuple[Chunk, bytes, Sequence[float]]]:
        """Each chunk with its hash and its embedding."""
        for chunk, hashed in zip(self.chunks, self.hashes, strict=True):
            yield chunk, hashed, self.embeddings[hashed]

    def fingerprint(self) -> bytes:
        """32 bytes that change with anything that readers could see or find."""
        fingerprint = Fingerprint(self.names)
        for chunk, hashed in zip(self.chunks, self.hashes, strict=True):
            fingerprint.add(chunk, hashed)
        return fingerprint.digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What one version of an object became; it is indexed only where the status is `ready`.

    `left_out` are the indexes whose model could not embed it: they lack it until they are built on.
    """

    status: DocumentStatus
    version_id: str | None = None
    reason: str | None = None
    sidecar_at_fault: bool = False
    content_hash: bytes | None = None
    size: int | None = None
    title: str | None = None
    url: str | None = None
    attributes: dict[str, object] = field(default_factory=dict)
    indexed: tuple[IndexedDocument, ...] = ()
    left_out: frozenset[int] = frozenset()
