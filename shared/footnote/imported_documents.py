"""Documents of an import with their chunks, as they come by: some chunks in memory, never all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from footnote.domain.chunk import Chunk, content_hash, contextual_text
from footnote.domain.document import LONGEST_KEY_BYTES, names_of
from footnote.domain.drift import CurrentObject
from footnote.domain.errors import UnprocessableError
from footnote.domain.generation import Fingerprint, IndexedDocument
from footnote.domain.order import NO_VERSION
from footnote.domain.search_index import SearchIndex
from footnote.embedding.port import Embedder
from footnote.transfer.knowledge_lines import ChunkLine, DocumentLine
from footnote.transfer.naming import Naming
from footnote.transfer.port import ImportReport, ImportRows

_TOGETHER = 256
# A line may be long: of such there are fewer together.
BYTES_TOGETHER = 2**22

type Vectors = Mapping[bytes, Sequence[float]]
type Keep = Callable[[int, Vectors], None]


class KeptEmbeddings(Protocol):
    """Embeddings that every knowledge base uses, by the hash of their text."""

    def find(self, model_id: int, hashes: Sequence[bytes]) -> Vectors:
        """Those that are known."""
        ...

    def keep(self, model_id: int, vectors: Vectors) -> None:
        """Keep them."""
        ...


class Shelf:
    """What the bucket holds at keys that are asked for in their order."""

    def __init__(self, listing: Iterator[CurrentObject]) -> None:
        self._listing = listing
        self._next = next(listing, None)

    def at(self, key: str) -> CurrentObject | None:
        """What is at a key, deleted or not; nothing where there never was anything."""
        while self._next is not None and self._next.key < key:
            self._next = next(self._listing, None)
        return self._next if self._next is not None and self._next.key == key else None


@dataclass(slots=True)
class _Open:
    """A document whose chunks are coming in."""

    key: str
    title: str | None
    names: tuple[str, ...]
    embedding: Sequence[float]
    fingerprint: Fingerprint
    chunks: int
    sums: list[float] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Documents:
    """Takes documents and chunks line by line; `embedder` makes their embeddings anew if given.

    What it made is kept at once, so that an import that begins anew does not pay for it again.
    """

    rows: ImportRows
    index: SearchIndex | None
    naming: Naming
    shelf: Shelf
    embedder: Embedder | None
    kept: KeptEmbeddings
    report: ImportReport
    share: Keep | None = None
    _open: _Open | None = None
    _waiting: list[ChunkLine] = field(default_factory=list)
    _last: int = 0
    _size: int = 0

    def take(self, number: int, line: DocumentLine | ChunkLine, size: int) -> None:
        """Go on by one line of so many bytes."""
        if isinstance(line, DocumentLine):
            self.finish()
            with self.rows.refusals(number, number):
                self._begin(number, line)
        elif self._open:
            self._waiting.append(line)
            self._last, self._size = number, self._size + size
            if len(self._waiting) >= _TOGETHER or self._size >= BYTES_TOGETHER:
                self._flush()
        else:
            self.report.left_out["chunks of documents that were there already"] += 1

    def finish(self) -> None:
        """No more chunks of this document come."""
        if self._open is None:
            return
        self._flush()
        done = self._open
        anew = [value / done.chunks for value in done.sums]
        self.rows.finish_document(done.key, done.fingerprint.digest(), anew or done.embedding)
        self._open = None

    def _begin(self, number: int, line: DocumentLine) -> None:
        key = self.naming.key(line.key)
        if len(key.encode()) > LONGEST_KEY_BYTES:
            message = f"line {number}: under this name the key is longer than S3 takes"
            raise UnprocessableError(message)
        if not self.rows.add_document(line, key, seen=self._is_seen(line, key)):
            self.report.kept += 1
            return
        if not line.chunks or self.index is None:
            return
        self.rows.begin_document(key, chunks=line.chunks, dimension=self.index.form.dimension)
        title = line.title if line.named else None
        names = names_of(key, title)
        self._open = _Open(
            key=key,
            title=title,
            names=names,
            embedding=line.embedding or (),
            fingerprint=Fingerprint(names),
            chunks=line.chunks,
        )

    def _is_seen(self, line: DocumentLine, key: str) -> bool:
        """Whether the bucket holds that very version: ids of versions are nowhere else the same.

        But for that of what was put without versioning, which says nothing.
        """
        stored = self.shelf.at(key)
        seen = (
            stored is not None
            and line.version_id not in {None, NO_VERSION}
            and stored.version_id == line.version_id
        )
        if line.status != "deleted":
            self.report.seen += seen
            self.report.unseen += stored is None or stored.deleted
            self.report.other += stored is not None and not stored.deleted and not seen
        return seen

    def _flush(self) -> None:
        """What the file says of a text is not believed: its hash is that of the text itself."""
        if self._open is None or self.index is None or not self._waiting:
            return
        chunks = tuple(_chunk(line) for line in self._waiting)
        texts = [contextual_text(self._open.title, chunk) for chunk in chunks]
        hashes = tuple(map(content_hash, texts))
        vectors: list[Sequence[float]]
        if self.embedder:
            made = self._embedded(self.embedder, self.index, dict(zip(hashes, texts, strict=True)))
            vectors = [made[hashed] for hashed in hashes]
            added = [sum(values) for values in zip(*vectors, strict=True)]
            before = self._open.sums or [0.0] * len(added)
            self._open.sums = [a + b for a, b in zip(before, added, strict=True)]
        else:
            vectors = [line.embedding for line in self._waiting]
        for chunk, hashed in zip(chunks, hashes, strict=True):
            self._open.fingerprint.add(chunk, hashed)
        embeddings = dict(zip(hashes, vectors, strict=True))
        part = IndexedDocument(
            index=self.index,
            names=self._open.names,
            chunks=chunks,
            hashes=hashes,
            embeddings=embeddings,
        )
        with self.rows.refusals(self._last - len(chunks) + 1, self._last):
            self.rows.add_chunks(self._open.key, part)
        if self.share:
            self.share(self.index.model_id, embeddings)
        self._waiting.clear()
        self._size = 0

    def _embedded(
        self, embedder: Embedder, index: SearchIndex, texts: Mapping[bytes, str]
    ) -> Vectors:
        known = self.kept.find(index.model_id, list(texts))
        missing = {hashed: text for hashed, text in texts.items() if hashed not in known}
        if not missing:
            return known
        made = dict(zip(missing, embedder.embed(list(missing.values())), strict=True))
        self.kept.keep(index.model_id, made)
        return {**known, **made}


def _chunk(line: ChunkLine) -> Chunk:
    return Chunk(
        ordinal=line.ordinal,
        text=line.text,
        heading_path=tuple(line.heading_path),
        page=line.page,
        start=line.start,
        end=line.end,
        page_breaks=tuple(line.page_breaks),
    )
