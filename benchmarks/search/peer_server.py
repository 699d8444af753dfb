"""Runs in a peer's own environment: searches by its own API, and tells how long each took.

Reads one JSON object a line: `{"vector": [...], "filter": {...} or null}`; answers
`{"ms": ..., "found": [ids of chunks]}`. The first line that it writes says how long importing
and connecting took.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

TABLE, DIMENSION = "bench", 384
type Search = Callable[[list[float], dict[str, int] | None, int], list[str]]


def llamaindex(folder: str, ef_search: int) -> Search:
    """`PGVectorStore.query`, as a retriever calls it."""
    from llama_index.core.vector_stores import MetadataFilter, MetadataFilters, VectorStoreQuery
    from llama_index.vector_stores.postgres import PGVectorStore

    store = PGVectorStore.from_params(
        connection_string=f"postgresql+psycopg2://postgres@/postgres?host={folder}",
        async_connection_string="postgresql+asyncpg://postgres@/postgres",
        table_name=TABLE,
        embed_dim=DIMENSION,
        hnsw_kwargs={"hnsw_m": 16, "hnsw_ef_construction": 128, "hnsw_ef_search": ef_search},
        perform_setup=False,
    )

    def search(vector: list[float], passing: dict[str, int] | None, k: int) -> list[str]:
        filters = (
            MetadataFilters(
                filters=[MetadataFilter(key=key, value=value) for key, value in passing.items()]
            )
            if passing
            else None
        )
        query = VectorStoreQuery(query_embedding=vector, similarity_top_k=k, filters=filters)
        return list(store.query(query).ids or ())

    return search


def langchain(folder: str, ef_search: int) -> Search:
    """`PGVectorStore.similarity_search_by_vector`."""
    from langchain_core.embeddings import DeterministicFakeEmbedding
    from langchain_postgres import PGEngine, PGVectorStore
    from langchain_postgres.v2.indexes import HNSWQueryOptions

    engine = PGEngine.from_connection_string(
        f"postgresql+psycopg://postgres@/postgres?host={folder}"
    )
    store = PGVectorStore.create_sync(
        engine=engine,
        embedding_service=DeterministicFakeEmbedding(size=DIMENSION),  # never asked
        table_name=f"data_{TABLE}",
        id_column="node_id",
        content_column="text",
        metadata_json_column="metadata_",
        index_query_options=HNSWQueryOptions(ef_search=ef_search),
    )

    def search(vector: list[float], passing: dict[str, int] | None, k: int) -> list[str]:
        found = store.similarity_search_by_vector(vector, k=k, filter=passing)
        return [str(one.id) for one in found]

    return search


def haystack(folder: str, ef_search: int) -> Search:
    """`PgvectorEmbeddingRetriever.run`."""
    from haystack.utils import Secret
    from haystack_integrations.components.retrievers.pgvector import PgvectorEmbeddingRetriever
    from haystack_integrations.document_stores.pgvector import PgvectorDocumentStore

    store = PgvectorDocumentStore(
        connection_string=Secret.from_token(f"postgresql://postgres@/postgres?host={folder}"),
        table_name="haystack_documents",
        embedding_dimension=DIMENSION,
        search_strategy="hnsw",
        hnsw_ef_search=ef_search,
        hnsw_index_name="bench_embedding",
    )
    retriever = PgvectorEmbeddingRetriever(document_store=store)

    def search(vector: list[float], passing: dict[str, int] | None, k: int) -> list[str]:
        conditions = [
            {"field": f"meta.{key}", "operator": "==", "value": value}
            for key, value in (passing or {}).items()
        ]
        filters = {"operator": "AND", "conditions": conditions} if conditions else None
        found = retriever.run(query_embedding=vector, top_k=k, filters=filters)["documents"]
        return [str(one.id) for one in found]

    return search


def main() -> None:
    """Search until the input ends."""
    peer, folder, ef_search = sys.argv[1], sys.argv[2], int(sys.argv[3])
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no reply
    began = time.perf_counter()
    search: Search = {"llamaindex": llamaindex, "langchain": langchain, "haystack": haystack}[peer](
        folder, ef_search
    )
    _tell(replies, {"ready_s": time.perf_counter() - began})
    for line in sys.stdin:
        request = json.loads(line)
        began = time.perf_counter()
        found = search(request["vector"], request["filter"], request["k"])
        spent = (time.perf_counter() - began) * 1e3
        _tell(replies, {"ms": spent, "found": found})


def _tell(replies: Any, reply: dict[str, object]) -> None:
    replies.write(json.dumps(reply) + "\n")
    replies.flush()


if __name__ == "__main__":
    main()
