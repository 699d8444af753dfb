"""The index in Postgres: the one transaction that changes what readers see of a document."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pgvector import HalfVector
from psycopg.errors import ForeignKeyViolation
from psycopg.types.json import Jsonb

from footnote.domain.document import ObjectVersion
from footnote.domain.errors import OvertakenError
from footnote.domain.generation import Generation, IndexedDocument
from footnote.domain.order import FINISHED, Claim, Known
from footnote.postgres.connection import Connection, Database
from footnote.postgres.documents import identity_of, lock_document
from footnote.postgres.index_rows import (
    CHUNK_TYPES,
    SEARCH_TYPES,
    Identity,
    chunk_rows,
    mean_embedding,
    search_rows,
)
from footnote.postgres.queries import load_queries
from footnote.retrieval.languages import language_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Growth:
    """What a document's new generation changes of an index as a whole."""

    chunks: int
    languages: frozenset[str]


class PostgresIndex:
    """Chunks, embeddings and term statistics, kept in Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("index.sql")
        self._documents = load_queries("documents.sql")
        self._answers = load_queries("answers.sql")

    def publish(self, version: ObjectVersion, claim: Claim, generation: Generation) -> bool:
        """Replace what readers see of a document by `generation`, all at once, in every index.

        Returns:
            False where another event was accepted and done meanwhile: then nothing changes.

        Raises:
            OvertakenError: another event was accepted, and is still being worked on; or an index
                was added or switched to meanwhile, which the generation is not made for, or one
                was dropped that it is made for.
        """
        identity = identity_of(version.key)
        with self._database.transaction() as connection:
            known = lock_document(connection, identity)
            if known is None or known.claim != claim.number:
                return _overtaken(known)
            self._write_document(connection, identity, generation)
            grown = self._replace(connection, identity, generation.indexed)
            if grown:
                connection.execute(self._answers["forget_answers"], identity, prepare=True)
            # Last, because these rows are shared by all documents of the knowledge base.
            for index_id, growth in sorted(grown.items()):
                parameters = {
                    **identity,
                    "index_id": index_id,
                    "change": growth.chunks,
                    "languages": sorted(growth.languages),
                }
                connection.execute(self._sql["grow_index"], parameters, prepare=True)
            connection.execute(self._sql["advance_knowledge_base"], identity, prepare=True)
            if generation.indexed:
                self._check_indexes(connection, identity, generation)
            return True

    def _write_document(
        self, connection: Connection, identity: Identity, generation: Generation
    ) -> None:
        row = {
            **identity,
            "status": generation.status,
            "reason": generation.reason,
            "sidecar_at_fault": generation.sidecar_at_fault,
            "version_id": generation.version_id,
            "content_hash": generation.content_hash,
            "title": generation.title,
            "url": generation.url,
            "attributes": Jsonb(generation.attributes),
            "bytes": generation.size,
            "chunks": max((len(part.chunks) for part in generation.indexed), default=0),
        }
        connection.execute(self._documents["finish_document"], row, prepare=True)
        connection.execute(self._documents["add_history"], row, prepare=True)

    def _replace(
        self, connection: Connection, identity: Identity, parts: Sequence[IndexedDocument]
    ) -> dict[int, _Growth]:
        """Returns by what each index grew; what did not change is left alone."""
        rows = connection.execute(self._sql["get_fingerprints"], identity, prepare=True)
        known = {cast("int", row["index_id"]): row for row in rows}
        wanted = {part.index.index_id: part for part in parts if part.chunks}
        grown = {}
        for index_id in sorted(known.keys() | wanted.keys()):
            old, part = known.get(index_id), wanted.get(index_id)
            if old and part and old["fingerprint"] == part.fingerprint():
                continue
            place = {**identity, "index_id": index_id}
            gone = self._delete(connection, place) if old else Counter[int]()
            languages = self._replace_in(connection, place, part, gone)
            before = cast("int", old["chunks"]) if old else 0
            change = (len(part.chunks) if part else 0) - before
            grown[index_id] = _Growth(chunks=change, languages=languages)
        return grown

    def _delete(self, connection: Connection, place: Identity) -> Counter[int]:
        """Returns by how much the chunks that hold each term change."""
        rows = connection.execute(self._sql["count_document_terms"], place)
        changes = Counter({cast("int", row["term"]): -cast("int", row["chunks"]) for row in rows})
        connection.execute(self._sql["delete_indexed_document"], place)
        return changes

    def _replace_in(
        self,
        connection: Connection,
        place: Identity,
        part: IndexedDocument | None,
        changes: Counter[int],
    ) -> frozenset[str]:
        """Returns the languages of what was written."""
        languages = [language_of(chunk.text) for chunk in part.chunks] if part else []
        if part:
            self._write(connection, place, part, languages, changes)
        changed = {term: change for term, change in changes.items() if change}
        connection.execute(
            self._sql["change_term_frequencies"],
            {**place, "terms": list(changed), "changes": list(changed.values())},
            prepare=True,
        )
        return frozenset(languages)

    def _write(
        self,
        connection: Connection,
        place: Identity,
        part: IndexedDocument,
        languages: Sequence[str],
        terms: Counter[int],
    ) -> None:
        """Row by row, so that the memory that a large document takes stays that of its text."""
        row = {
            **place,
            "fingerprint": part.fingerprint(),
            "chunks": len(part.chunks),
            "embedding": mean_embedding(part),
        }
        try:
            connection.execute(self._sql["add_indexed_document"], row, prepare=True)
        except ForeignKeyViolation as error:
            message = "an index of the knowledge base was dropped meanwhile; this is tried again"
            raise OvertakenError(message) from error
        reserved = connection.execute(self._sql["reserve_chunk_ids"], {"count": len(part.chunks)})
        ids = [cast("int", row["chunk_id"]) for row in reserved]
        self._copy(connection, "copy_chunks", CHUNK_TYPES, chunk_rows(place, ids, part))
        rows = search_rows(place, ids, part, languages, terms)
        self._copy(connection, "copy_chunk_search", SEARCH_TYPES, rows)

    def _copy(
        self,
        connection: Connection,
        statement: str,
        types: list[str],
        rows: Iterable[tuple[object, ...]],
    ) -> None:
        with connection.cursor().copy(self._sql[statement]) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    def _check_indexes(
        self, connection: Connection, identity: Identity, generation: Generation
    ) -> None:
        checked = connection.execute(self._sql["current_indexes"], identity, prepare=True)
        rows = checked.fetchall()
        made = {part.index.index_id for part in generation.indexed}
        current = {row["index_id"] for row in rows}
        answering = {row["index_id"] for row in rows if row["active"]}
        if current != made | generation.left_out or not answering <= made:
            message = "the indexes of the knowledge base changed meanwhile; this is tried again"
            raise OvertakenError(message)


class PostgresEmbeddings:
    """Embeddings by the hash of their text, so that none is ever asked for twice."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("index.sql")

    def find(self, model_id: int, hashes: Sequence[bytes]) -> dict[bytes, array[float]]:
        """The embeddings that are known, by the hash of their text.

        Four bytes for each float: those of a long document would fill the memory as lists.
        """
        with self._database.transaction() as connection:
            rows = connection.execute(
                self._sql["known_embeddings"], {"model_id": model_id, "hashes": list(hashes)}
            )
            return {
                cast("bytes", row["content_hash"]): array(
                    "f", cast("HalfVector", row["vector"]).to_list()
                )
                for row in rows
            }

    def keep(self, model_id: int, vectors: Mapping[bytes, Sequence[float]]) -> None:
        """Keep new embeddings, so that work that is tried again finds them."""
        with self._database.transaction() as connection:
            connection.execute(
                self._sql["keep_embeddings"],
                {
                    "model_id": model_id,
                    "hashes": list(vectors),
                    "vectors": [HalfVector(list(vector)) for vector in vectors.values()],
                },
            )


def _overtaken(known: Known | None) -> bool:
    """Whoever overtook this work may yet fail, so its message is kept until that is done."""
    if known is None or known.status not in FINISHED:
        message = "another delivery works on this document; this one is tried again"
        raise OvertakenError(message)
    return False
