-- The one transaction that replaces what readers see of a document.

-- name: known_embeddings
select content_hash, vector
from embedding
where kb = %(kb)s and model = %(model)s and content_hash = any(%(hashes)s)

-- name: keep_embeddings
-- In one order, so that two transactions can never wait for each other in a circle.
insert into embedding (kb, model, content_hash, vector)
select %(kb)s, %(model)s, t.content_hash, t.vector
from unnest(%(hashes)s::bytea[], %(vectors)s::halfvec[]) as t (content_hash, vector)
order by t.content_hash
on conflict do nothing

-- name: count_document_terms
-- How many chunks of the generation that is about to go hold each term.
select term, count(*) as chunks
from chunk_search, unnest(terms) as term
where kb = %(kb)s and document_id = %(document_id)s
group by term

-- name: delete_chunks
delete from chunk where kb = %(kb)s and document_id = %(document_id)s

-- name: reserve_chunk_ids
select nextval(pg_get_serial_sequence('chunk', 'chunk_id')) as chunk_id
from generate_series(1, %(count)s)

-- name: copy_chunks
copy chunk (kb, chunk_id, document_id, ordinal, text, heading_path, page, start_offset, end_offset)
from stdin (format binary)

-- name: copy_chunk_search
copy chunk_search (kb, chunk_id, document_id, embedding, terms, lexical)
from stdin (format binary)

-- name: change_term_frequencies
-- In the order of the terms, so that two transactions can never wait for each other in a circle.
insert into term_frequency as known (kb, term, chunks)
select %(kb)s, term, change
from unnest(%(terms)s::integer[], %(changes)s::integer[]) as t (term, change)
order by term
on conflict (kb, term) do update set chunks = known.chunks + excluded.chunks

-- name: change_knowledge_base
update knowledge_base
set chunks = chunks + %(change)s, indexed_until = greatest(indexed_until, %(event_time)s)
where kb = %(kb)s
