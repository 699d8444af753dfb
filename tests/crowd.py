"""Large knowledge bases of random vectors, made inside Postgres, where that takes seconds."""

from collections.abc import Sequence
from dataclasses import dataclass

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.search_index import IndexForm, SearchIndex
from footnote.postgres.connection import Database
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.postgres.vector_index import ensure_vector_index

DIMENSION = 16
FORM = IndexForm(model="random", dimension=DIMENSION)

_ROWS = """
with index as (
    select k.kb, i.index_id, i.model_id from knowledge_base k
    join search_index i on i.kb = k.kb and i.index_id = k.active_index where k.kb = %(kb)s
), number as (
    select n from generate_series(0, %(documents)s - 1) as n
), documents as (
    insert into document (kb, document_id, key, sequencer, event_time, status, title, attributes)
    select kb, kb || '.' || n, kb || '/' || n, '1', now(), 'ready', n,
           jsonb_build_object('of_10', n %% 10, 'of_100', n %% 100, 'of_1000', n %% 1000)
    from index, number
), wholes as (
    insert into indexed_document (kb, index_id, document_id, fingerprint, chunks, embedding)
    select kb, index_id, kb || '.' || n, '', 1, array_fill(1.0, array[%(dimension)s])::halfvec
    from index, number
), made as (
    insert into chunk (kb, index_id, document_id, ordinal, content_hash, text, heading_path,
                       start_offset, end_offset)
    select kb, index_id, kb || '.' || n, 0, '', n, '{}', 0, length(n::text) from index, number
    returning kb, chunk_id, document_id, text
)
insert into chunk_search (kb, chunk_id, index_id, model_id, document_id, embedding, terms, lexical)
select made.kb, chunk_id, index_id, model_id, document_id,
       (select array_agg((random() - 0.5 + centre)::real order by at)
        from unnest(%(centre)s::real[]) with ordinality as c (centre, at)
        where made.chunk_id is not null)::halfvec,
       array[term], format('{%%s:1}/536870912', term)::sparsevec
from made join index using (kb), lateral (select 1 + text::int %% 50 as term) as words
order by chunk_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A knowledge base of `documents` with one chunk each, around the point `centre`.

    Document `n` has the attributes `of_10`, `of_100` and `of_1000`, each the rest of `n`.
    """

    kb: KnowledgeBaseId
    documents: int
    centre: Sequence[float] = (0.0,) * DIMENSION


def fill(database: Database, *crowds: Crowd) -> dict[KnowledgeBaseId, SearchIndex]:
    """Write them, then the HNSW index of all; returns the index of each."""
    indexes = PostgresSearchIndexes(database, FORM)
    for crowd in crowds:
        with database.transaction() as connection:
            connection.execute("insert into knowledge_base (kb) values (%s)", [crowd.kb])
        indexes.current(crowd.kb)
        with database.transaction() as connection:
            connection.execute("select setseed(0.25)")
            row = {"kb": crowd.kb, "documents": crowd.documents, "centre": list(crowd.centre)}
            connection.execute(_ROWS, {**row, "dimension": DIMENSION})
            connection.execute(
                "update search_index set chunks = %(documents)s where kb = %(kb)s", row
            )
    with database.autocommit() as connection:
        connection.execute("set maintenance_work_mem = '256MB'")
        ensure_vector_index(connection, FORM)
        connection.execute("reset maintenance_work_mem")
        connection.execute("analyze document, chunk_search, indexed_document, chunk")
    return {crowd.kb: indexes.active(crowd.kb) for crowd in crowds}
