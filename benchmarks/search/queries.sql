-- What the bench asks of Postgres beside the product's own statements.

-- name: is_filled
select from pg_class where relname = 'bench_filled'

-- name: mark_filled
create table bench_filled ()

-- name: put_off_indexes
-- They are built at a fraction of the time once everything is there. The statement that builds
-- each of them anew is kept, but for the one of embeddings, which is not made from here.
do $$
declare
    put_off record;
begin
    create table if not exists bench_put_off as
        select indexdef from pg_indexes
        where schemaname = 'public' and indexname = 'chunk_search_by_term';
    for put_off in
        select indexname from pg_indexes
        where tablename = 'chunk_search'
          and (indexname = 'chunk_search_by_term' or indexdef like '%hnsw%')
    loop
        execute format('drop index %I', put_off.indexname);
    end loop;
end $$

-- name: index_terms
do $$
begin
    execute (select replace(indexdef, 'CREATE INDEX', 'create index if not exists')
             from bench_put_off);
end $$

-- name: memory_for_building
-- The graph of a million halfvecs takes 1.6 GB; what does not fit is inserted row by row.
set maintenance_work_mem = '3GB'; set max_parallel_maintenance_workers = 2; set work_mem = '1GB'

-- name: unchecked
-- Foreign keys hold by construction here; checking each of a million rows takes minutes.
set session_replication_role = replica; set synchronous_commit = off

-- name: copy_documents
copy document (kb, document_id, key, sequencer, version_id, event_time, status, generation,
               indexed_version_id, title, attributes, indexed_at)
from stdin (format binary)

-- name: copy_indexed_documents
copy indexed_document (kb, index_id, document_id, fingerprint, chunks, embedding)
from stdin (format binary)

-- name: is_written
select exists (select from document where kb = %(kb)s and document_id = %(document_id)s) as written

-- name: count_terms
insert into term_frequency (kb, index_id, term, chunks)
select kb, index_id, term, count(*)
from chunk_search, unnest(terms) as term
where kb = %(kb)s
group by kb, index_id, term
order by kb, index_id, term
on conflict (kb, index_id, term) do update set chunks = excluded.chunks

-- name: make_peer_table
-- As Haystack's document store makes it; LangChain's store is pointed at the same columns, and
-- LlamaIndex's sees them under its own names. So one table and one HNSW index serve all three.
-- Keyword search is not compared: its index is only there so that none is made.
create table haystack_documents (
    id varchar(128) primary key,
    embedding vector(384),
    content text,
    blob_data bytea,
    blob_meta jsonb,
    blob_mime_type varchar(255),
    meta jsonb
);
insert into haystack_documents (id, embedding, content, meta)
select c.chunk_id, s.embedding::vector(384), c.text,
       d.attributes || jsonb_build_object('title', d.title, 'key', d.key)
from chunk c
join chunk_search s using (kb, chunk_id)
join document d on d.kb = c.kb and d.document_id = c.document_id
order by c.chunk_id;
create index haystack_keyword_index on haystack_documents (id) where false;
create view data_bench as
select 0::bigint as id, id as node_id, content as text, embedding,
       (meta || jsonb_build_object(
           '_node_type', 'TextNode',
           '_node_content', jsonb_build_object('id_', id, 'metadata', meta, 'text', '', 'class_name', 'TextNode')::text
       ))::json as metadata_
from haystack_documents

-- name: index_peer_vectors
create index if not exists bench_embedding on haystack_documents
using hnsw (embedding vector_cosine_ops) with (m = 16, ef_construction = 128)

-- name: has_peer_table
select from pg_class where relname = 'haystack_documents'

-- name: nearest
-- What a person would write who knows pgvector: the ten nearest chunks with their text.
select s.chunk_id, c.text
from (
    select kb, chunk_id from chunk_search
    where model_id = 1
    order by embedding::halfvec(384) <=> %(vector)s::halfvec(384)
    limit %(k)s
) as s
join chunk c using (kb, chunk_id)

-- name: nearest_filtered
select s.chunk_id, c.text
from (
    select s.kb, s.chunk_id
    from chunk_search s
    join document d on d.kb = s.kb and d.document_id = s.document_id
    where s.model_id = 1 and d.attributes @> %(passing)s::jsonb
    order by s.embedding::halfvec(384) <=> %(vector)s::halfvec(384)
    limit %(k)s
) as s
join chunk c using (kb, chunk_id)

-- name: nearest_exactly
select s.chunk_id
from chunk_search s
join document d on d.kb = s.kb and d.document_id = s.document_id
where d.attributes @> %(passing)s::jsonb
order by (s.embedding <=> %(vector)s::halfvec) + 0
limit %(k)s

-- name: sizes
select relname, pg_relation_size(oid) as bytes
from pg_class
where relname in ('chunk_search_by_embedding_1', 'chunk_search_by_term', 'bench_embedding',
                  'chunk_search', 'haystack_documents')
   or relname like 'chunk_search_by_bits%'
