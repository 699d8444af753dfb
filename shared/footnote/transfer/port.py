"""What an import writes into, and what it tells of itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.generation import IndexedDocument
from footnote.transfer.knowledge_lines import AdapterLine, ClassifierLine, DocumentLine, IndexLine
from footnote.transfer.lines import Header


class ImportRows(Protocol):
    """Rows of one knowledge base that are seen all at once; see `postgres.imported_rows`."""

    def add_document(self, line: DocumentLine, key: str, *, seen: bool) -> bool:
        """Add a document; tells whether it was not there yet."""
        ...

    def begin_document(self, key: str, *, chunks: int, dimension: int) -> None:
        """Make room for its chunks."""
        ...

    def add_chunks(self, key: str, part: IndexedDocument) -> None:
        """Add some of them."""
        ...

    def finish_document(self, key: str, fingerprint: bytes, embedding: Sequence[float]) -> None:
        """Say what they amount to."""
        ...

    def add_rows(self, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows of a kind that need nothing else."""
        ...

    def add_adapter(self, line: AdapterLine, replaced: int | None) -> int:
        """Keep a query adapter; tells its number."""
        ...

    def add_classifier(self, line: ClassifierLine, replaced: int | None) -> int:
        """Keep a checkpoint of a classifier; tells its number."""
        ...

    def put_settings(self, settings: Mapping[str, object]) -> None:
        """How the knowledge base wants to be answered."""
        ...

    def put_fitted(self, line: IndexLine, adapter: int | None) -> None:
        """What was fitted to the index."""
        ...

    def count(self, languages: Sequence[str] = ()) -> None:
        """Count what was added into the statistics."""
        ...

    def refusals(self, first: int, last: int) -> AbstractContextManager[None]:
        """Tell which lines were not taken."""
        ...


@dataclass(slots=True)
class ImportReport:
    """What an import did: `counts` are the file's lines by kind, `left_out` what was not taken.

    Of the documents, `kept` were there already; `unseen` have no file in the bucket, and of `other`
    it holds another version than was exported.
    """

    knowledge_base: KnowledgeBaseId
    header: Header | None = None
    index: IndexLine | None = None
    counts: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    other: int = 0
    unseen: int = 0
    kept: int = 0
    keys: list[str] = field(default_factory=list)
    route: list[str] = field(default_factory=list)
