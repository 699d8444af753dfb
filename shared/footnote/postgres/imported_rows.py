"""The rows of an import, written inside of its one transaction."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from pgvector import HalfVector
from psycopg.types.json import Jsonb

from footnote.domain.document import DocumentStatus, KnowledgeBaseId, document_id_of
from footnote.domain.errors import UnprocessableError
from footnote.domain.generation import IndexedDocument
from footnote.domain.order import FINISHED
from footnote.domain.search_index import SearchIndex
from footnote.postgres.connection import Connection
from footnote.postgres.index_rows import CHUNK_TYPES, SEARCH_TYPES, chunk_rows, search_rows
from footnote.postgres.queries import load_queries
from footnote.retrieval.languages import language_of
from footnote.transfer.knowledge_lines import AdapterLine, ClassifierLine, DocumentLine, IndexLine

# What each kind of rows is written by, in this order.
_STATEMENTS: Mapping[str, tuple[str, ...]] = {
    "golden": ("add_golden", "add_golden_answers"),
    "question": ("add_questions", "add_calls", "add_feedback", "add_labels"),
    "cluster": ("add_clusters", "add_members"),
    "past_questions": ("add_past_questions",),
    "past_calls": ("add_past_calls",),
}
_WAITS = "it waited when it was exported, and is read as soon as its file is in the bucket"


class ImportedRows:
    """Adds rows to one knowledge base and one index of it; what is there already stays."""

    def __init__(
        self, connection: Connection, kb: KnowledgeBaseId, index: SearchIndex | None
    ) -> None:
        self._connection = connection
        self._sql = load_queries("import.sql")
        self._index_sql = load_queries("index.sql")
        self._languages: set[str] = set()
        self._named: dict[str, object] = {
            "kb": kb,
            "index_id": index.index_id if index else None,
            "model_id": index.model_id if index else None,
        }

    def add_document(self, line: DocumentLine, key: str, *, seen: bool) -> bool:
        """Add a document without its chunks; tells whether it was not there yet.

        The fence of its events counts only where its file was `seen` as it was exported: another
        bucket counts anew.
        """
        finished = line.status in FINISHED
        waits = None if finished or seen else _WAITS
        row = line.model_dump(exclude={"history", "sequencer", "sidecar_sequencer"})
        row |= {
            "document_id": document_id_of(key),
            "key": key,
            "sequencer": line.sequencer if seen else "",
            "sidecar_sequencer": line.sidecar_sequencer if seen else "",
            "status": line.status if finished else DocumentStatus.PENDING,
            "reason": line.reason if finished else waits,
            "attributes": Jsonb(dict(line.attributes)),
            "unseen": not seen and line.status is not DocumentStatus.DELETED,
            "history": Jsonb(
                [
                    change.model_dump(mode="json") | {"place": place}
                    for place, change in enumerate(line.history)
                ]
            ),
        }
        self._run("add_document", row)
        return self._run("was_added", row).fetchone() is not None

    def begin_document(self, key: str, *, chunks: int, dimension: int) -> None:
        """Make room for its chunks; what they amount to is said by `finish_document`."""
        nothing = HalfVector([0.0] * dimension)
        row = {"fingerprint": b"", "chunks": chunks, "embedding": nothing}
        place = self._named | {"document_id": document_id_of(key)}
        self._connection.execute(self._index_sql["add_indexed_document"], place | row)

    def add_chunks(self, key: str, part: IndexedDocument) -> None:
        """Add some of a document's chunks, with the words that find them."""
        place = self._named | {"document_id": document_id_of(key)}
        count = {"count": len(part.chunks)}
        reserved = self._connection.execute(self._index_sql["reserve_chunk_ids"], count)
        ids = [cast("int", row["chunk_id"]) for row in reserved]
        languages = [language_of(chunk.text) for chunk in part.chunks]
        self._languages.update(languages)
        self._copy("copy_chunks", CHUNK_TYPES, chunk_rows(place, ids, part))
        rows = search_rows(place, ids, part, languages, Counter())
        self._copy("copy_chunk_search", SEARCH_TYPES, rows)

    def finish_document(self, key: str, fingerprint: bytes, embedding: Sequence[float]) -> None:
        """Say what a document's chunks amount to."""
        row = {"fingerprint": fingerprint, "embedding": HalfVector(list(embedding))}
        self._run("finish_indexed_document", row | {"document_id": document_id_of(key)})

    def add_rows(self, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add golden questions, questions, clusters or sums, as JSON."""
        parameters = {"rows": Jsonb([dict(row) for row in rows])}
        if kind == "question":
            self._refuse_known_elsewhere([row["question_id"] for row in rows])
        for statement in _STATEMENTS[kind]:
            self._run(statement, parameters)

    def _refuse_known_elsewhere(self, question_ids: Sequence[str]) -> None:
        found = self._run("asked_elsewhere", {"question_ids": question_ids}).fetchone()
        if found:
            message = (
                "a question of this file is known in another knowledge base here:"
                " import under another name by --as NAME"
            )
            raise UnprocessableError(message)

    def add_adapter(self, line: AdapterLine, replaced: int | None) -> int:
        """Keep a query adapter, and tell its number here."""
        row = line.model_dump() | {"figures": Jsonb(dict(line.figures)), "replaced": replaced}
        added = cast("dict[str, object]", self._run("add_adapter", row).fetchone())
        return cast("int", added["adapter_id"])

    def add_classifier(self, line: ClassifierLine, replaced: int | None) -> int:
        """Keep a checkpoint of a classifier, which serves if it did; tells its number here."""
        row = line.model_dump() | {"figures": Jsonb(dict(line.figures)), "replaced": replaced}
        added = cast("dict[str, object]", self._run("add_classifier", row).fetchone())
        if line.active:
            self._run("serve_classifier", row | added)
        return cast("int", added["checkpoint_id"])

    def put_settings(self, settings: Mapping[str, object]) -> None:
        """How the knowledge base wants to be answered; holds its row until the end."""
        self._run("put_settings", settings)

    def put_fitted(self, line: IndexLine, adapter: int | None) -> None:
        """What was fitted to the index."""
        fitted = {
            "fusion_weights": list(line.fusion_weights) if line.fusion_weights else None,
            "calibration": list(line.calibration) if line.calibration else None,
        }
        self._run("put_fitted", fitted | {"adapter_id": adapter})

    def count(self, languages: Sequence[str] = ()) -> None:
        """Count what was added into the statistics, once and last."""
        self._run("count_terms")
        (row,) = self._run("count_chunks").fetchall()
        grown = {"change": row["chunks"], "languages": sorted(self._languages | set(languages))}
        self._connection.execute(self._index_sql["grow_index"], self._named | grown)

    def _run(
        self, statement: str, parameters: Mapping[str, object] | None = None
    ) -> psycopg.Cursor[dict[str, object]]:
        return self._connection.execute(self._sql[statement], {**(parameters or {}), **self._named})

    def _copy(self, statement: str, types: list[str], rows: Iterable[tuple[object, ...]]) -> None:
        with self._connection.cursor().copy(self._index_sql[statement]) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def refusals(self, first: int, last: int) -> Iterator[None]:
        """Say which lines of the file the database would not take."""
        try:
            yield
        except (psycopg.DataError, psycopg.IntegrityError, UnicodeEncodeError) as error:
            told = error.diag.message_primary if isinstance(error, psycopg.Error) else str(error)
            where = f"line {first}" if first == last else f"lines {first} to {last}"
            plain = "".join(sign if sign.isprintable() else "?" for sign in told or "")
            message = f"{where}: the database refuses this: {plain}"
            raise UnprocessableError(message) from error
