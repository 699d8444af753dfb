"""Documents of an import line by line: what is in memory, and what the bucket holds of them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.drift import CurrentObject
from footnote.domain.generation import IndexedDocument
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.imported_documents import BYTES_TOGETHER, Documents, Shelf
from footnote.transfer.knowledge_lines import (
    AdapterLine,
    ChunkLine,
    ClassifierLine,
    DocumentLine,
    IndexLine,
)
from footnote.transfer.naming import Naming
from footnote.transfer.port import ImportReport
from tests.unit.transfer.test_reading import chunk, document

KB = KnowledgeBaseId("help")
INDEX = SearchIndex(kb=KB, index_id=1, model_id=1, form=IndexForm(model="m", dimension=2))


class FakeRows:
    """Notes what was added, and that nothing was added after it was finished."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.seen: dict[str, bool] = {}
        self.finished: list[str] = []

    def add_document(self, line: DocumentLine, key: str, *, seen: bool) -> bool:  # noqa: ARG002
        self.seen[key] = seen
        return True

    def begin_document(self, key: str, *, chunks: int, dimension: int) -> None: ...

    def add_chunks(self, key: str, part: IndexedDocument) -> None:
        assert key not in self.finished
        self.batches.append(len(part.chunks))

    def finish_document(self, key: str, fingerprint: bytes, embedding: Sequence[float]) -> None:
        assert len(fingerprint) == 32
        assert embedding == (1.0, 0.0)
        self.finished.append(key)

    def add_rows(self, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
        raise NotImplementedError

    def add_adapter(self, line: AdapterLine, replaced: int | None) -> int:
        raise NotImplementedError

    def add_classifier(self, line: ClassifierLine, replaced: int | None) -> int:
        raise NotImplementedError

    def put_settings(self, settings: Mapping[str, object]) -> None:
        raise NotImplementedError

    def put_fitted(self, line: IndexLine, adapter: int | None) -> None:
        raise NotImplementedError

    def count(self, languages: Sequence[str] = ()) -> None:
        raise NotImplementedError

    @contextmanager
    def refusals(self, first: int, last: int) -> Iterator[None]:
        assert first <= last
        yield


class NoneKept:
    """Nothing is embedded here."""

    def find(self, model_id: int, hashes: Sequence[bytes]) -> Mapping[bytes, Sequence[float]]:
        raise NotImplementedError

    def keep(self, model_id: int, vectors: Mapping[bytes, Sequence[float]]) -> None:
        raise NotImplementedError


def stored(key: str, version: str) -> CurrentObject:
    return CurrentObject(
        key=key, version_id=version, modified_at=datetime(2026, 1, 1, tzinfo=UTC), deleted=False
    )


def documents(rows: FakeRows, *objects: CurrentObject) -> Documents:
    return Documents(
        rows=rows,
        index=INDEX,
        naming=Naming(KB, KB),
        shelf=Shelf(iter(objects)),
        embedder=None,
        kept=NoneKept(),
        report=ImportReport(KB),
    )


@pytest.mark.parametrize(("size", "batches"), [(1, [256, 44]), (BYTES_TOGETHER // 2, [2] * 150)])
def test_some_chunks_are_in_memory_and_fewer_where_they_are_long(
    size: int, batches: list[int]
) -> None:
    rows = FakeRows()
    taken = documents(rows)
    taken.take(1, DocumentLine.model_validate(document(chunks=300)), size=1)
    for ordinal in range(300):
        taken.take(ordinal + 2, ChunkLine.model_validate(chunk(ordinal)), size)
    taken.finish()
    assert rows.batches == batches
    assert rows.finished == ["help/a.md"]


def test_a_file_is_seen_where_the_bucket_holds_the_very_version() -> None:
    rows = FakeRows()
    held = {"a": "v1", "b": "v9", "d": "null", "e": "null"}
    taken = documents(rows, *(stored(f"help/{name}.md", held[name]) for name in held))
    # Every bucket may have a version "null": it says nothing.
    versions = {"a": "v1", "b": "v1", "c": "v1", "d": None, "e": "null"}
    for number, (name, version) in enumerate(versions.items(), start=1):
        told = document(f"help/{name}.md", version_id=version, chunks=0, embedding=None)
        taken.take(number, DocumentLine.model_validate(told), 1)
    assert [key for key, seen in rows.seen.items() if seen] == ["help/a.md"]
    report = taken.report
    assert (report.seen, report.other, report.unseen) == (1, 3, 1)
