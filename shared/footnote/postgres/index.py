"""The index in Postgres: the one transaction that changes what readers see of a document."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from pgvector import HalfVector, SparseVector
from psycopg.types.json import Jsonb

from footnote.domain.document import KnowledgeBaseId, ObjectVersion
from footnote.domain.errors import OvertakenError
from footnote.domain.generation import Generation, IndexedChunk
from footnote.domain.order import FINISHED, Claim, Known
from footnote.postgres.connection import Connection, Database
from footnote.postgres.documents import identity_of, lock_document
from footnote.postgres.queries import load_queries
from footnote.retrieval.bm25 import TERM_SPACE

_CHUNK_TYPES = ["text", "int8", "text", "int4", "text", "text[]", "int4", "int4", "int4"]
_SEARCH_TYPES = ["text", "int8", "text", "halfvec", "int4[]", "sparsevec"]


class PostgresIndex:
    """Chunks, embeddings and term statistics, kept in Postgres."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("index.sql")
        self._documents = load_queries("documents.sql")

    def publish(self, version: ObjectVersion, claim: Claim, generation: Generation) -> bool:
        """Replace what readers see of a document by `generation`, all at once.

        Returns:
            False where another event was accepted and done meanwhile: then nothing changes.

        Raises:
            OvertakenError: another event was accepted, and is still being worked on.
        """
        identity = identity_of(version.key)
        with self._database.transaction() as connection:
            known = lock_document(connection, identity)
            if known is None or known.claim != claim.number:
                return _overtaken(known)
            self._write_document(connection, identity, generation)
            # Last, because these rows are shared by all documents of the knowledge base.
            change = self._replace_chunks(connection, identity, generation.chunks)
            connection.execute(
                self._sql["change_knowledge_base"],
                {**identity, "change": change, "event_time": version.event_time},
            )
            return True

    def _write_document(
        self, connection: Connection, identity: Mapping[str, str], generation: Generation
    ) -> None:
        row = {
            **identity,
            "status": generation.status,
            "reason": generation.reason,
            "version_id": generation.version_id,
            "content_hash": generation.content_hash,
            "title": generation.title,
            "url": generation.url,
            "attributes": Jsonb(generation.attributes),
            "bytes": generation.size,
            "chunks": len(generation.chunks),
            "embedding": _mean_embedding(generation.chunks),
        }
        connection.execute(self._documents["finish_document"], row)
        connection.execute(self._documents["add_history"], row)

    def _replace_chunks(
        self, connection: Connection, identity: Mapping[str, str], chunks: Sequence[IndexedChunk]
    ) -> int:
        """Returns by how many the knowledge base's chunks grew."""
        changes = Counter({term: 0 for indexed in chunks for term in indexed.lexical})
        for indexed in chunks:
            changes.update(indexed.lexical.keys())
        for row in connection.execute(self._sql["count_document_terms"], identity):
            changes[cast("int", row["term"])] -= cast("int", row["chunks"])
        removed = connection.execute(self._sql["delete_chunks"], identity).rowcount
        self._copy_chunks(connection, identity, chunks)
        changed = {term: change for term, change in changes.items() if change}
        connection.execute(
            self._sql["change_term_frequencies"],
            {**identity, "terms": list(changed), "changes": list(changed.values())},
        )
        return len(chunks) - removed

    def _copy_chunks(
        self, connection: Connection, identity: Mapping[str, str], chunks: Sequence[IndexedChunk]
    ) -> None:
        if not chunks:
            return
        kb, document_id = identity["kb"], identity["document_id"]
        reserved = connection.execute(self._sql["reserve_chunk_ids"], {"count": len(chunks)})
        ids = [row["chunk_id"] for row in reserved]
        rows = list(zip(ids, chunks, strict=True))
        self._copy(
            connection,
            "copy_chunks",
            _CHUNK_TYPES,
            ((kb, chunk_id, document_id, *_text_columns(indexed)) for chunk_id, indexed in rows),
        )
        self._copy(
            connection,
            "copy_chunk_search",
            _SEARCH_TYPES,
            ((kb, chunk_id, document_id, *_search_columns(indexed)) for chunk_id, indexed in rows),
        )

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


class PostgresEmbeddings:
    """Embeddings by the hash of their text, so that none is ever asked for twice."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("index.sql")

    def find(
        self, kb: KnowledgeBaseId, model: str, hashes: Sequence[bytes]
    ) -> dict[bytes, list[float]]:
        """The embeddings that are known, by the hash of their text."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                self._sql["known_embeddings"],
                {"kb": kb, "model": model, "hashes": list(hashes)},
            )
            return {
                cast("bytes", row["content_hash"]): cast("HalfVector", row["vector"]).to_list()
                for row in rows
            }

    def keep(self, kb: KnowledgeBaseId, model: str, vectors: Mapping[bytes, list[float]]) -> None:
        """Keep new embeddings, so that work that is tried again finds them."""
        with self._database.transaction() as connection:
            connection.execute(
                self._sql["keep_embeddings"],
                {
                    "kb": kb,
                    "model": model,
                    "hashes": list(vectors),
                    "vectors": [HalfVector(vector) for vector in vectors.values()],
                },
            )


def _overtaken(known: Known | None) -> bool:
    """Whoever overtook this work may yet fail, so its message is kept until that is done."""
    if known is None or known.status not in FINISHED:
        message = "another delivery works on this document; this one is tried again"
        raise OvertakenError(message)
    return False


def _mean_embedding(chunks: Sequence[IndexedChunk]) -> HalfVector | None:
    """What a document as a whole is about; the cosine does not mind that it is not a unit."""
    if not chunks:
        return None
    columns = zip(*(indexed.embedding for indexed in chunks), strict=True)
    return HalfVector([sum(column) / len(chunks) for column in columns])


def _text_columns(indexed: IndexedChunk) -> tuple[object, ...]:
    chunk = indexed.chunk
    path = list(chunk.heading_path)
    return (chunk.ordinal, chunk.text, path, chunk.page, chunk.start, chunk.end)


def _search_columns(indexed: IndexedChunk) -> tuple[object, ...]:
    # pgvector counts dimensions from 0 here and from 1 in its text form.
    lexical = {term - 1: weight for term, weight in indexed.lexical.items()}
    return (
        HalfVector(indexed.embedding),
        sorted(indexed.lexical),
        SparseVector(lexical, TERM_SPACE),
    )
