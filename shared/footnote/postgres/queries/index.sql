-- The one transaction that replaces what readers see of a document.

-- name: known_embeddings
select content_hash, vector
from embedding
where model_id = %(model_id)s and content_hash = any(%(hashes)s)

-- name: keep_embeddings
-- In one order, so that two transactions can never wait for each other in a circle. Binary, since
-- a vector as text costs both sides more than all the rest of this.
insert into embedding (model_id, content_hash, vector)
select %(model_id)s, t.content_hash, t.vector
from unnest(%(hashes)b::bytea[], %(vectors)b::halfvec[]) as t (content_hash, vector)
order by t.content_hash
on conflict do nothing

-- name: get_fingerprints
select index_id, fingerprint, chunks
from indexed_document
where kb = %(kb)s and document_id = %(document_id)s
order by index_id

-- name: count_document_terms
-- How many chunks of the generation that is about to go hold each term.
select term, count(*) as chunks
from chunk_search, unnest(terms) as term
where kb = %(kb)s and index_id = %(index_id)s and document_id = %(document_id)s
group by term

-- name: delete_indexed_document
-- Its chunks go with it.
delete from indexed_document
where kb = %(kb)s and index_id = %(index_id)s and document_id = %(document_id)s

-- name: add_indexed_document
insert into indexed_document (kb, index_id, document_id, fingerprint, chunks, embedding)
values (%(kb)s, %(index_id)s, %(document_id)s, %(fingerprint)s, %(chunks)s, %(embedding)s)

-- name: reserve_chunk_ids
select nextval(pg_get_serial_sequence('chunk', 'chunk_id')) as chunk_id
from generate_series(1, %(count)s)

-- name: copy_chunks
copy chunk (kb, chunk_id, index_id, document_id, ordinal, content_hash, text, heading_path, page,
            page_breaks, start_offset, end_offset)
from stdin (format binary)

-- name: copy_chunk_search
copy chunk_search (kb, chunk_id, index_id, model_id, document_id, embedding, terms, lexical)
from stdin (format binary)

-- name: change_term_frequencies
-- In the order of the terms, so that two transactions can never wait for each other in a circle.
insert into term_frequency as known (kb, index_id, term, chunks)
select %(kb)s, %(index_id)s, term, change
from unnest(%(terms)s::integer[], %(changes)s::integer[]) as t (term, change)
order by term
on conflict (kb, index_id, term) do update set chunks = known.chunks + excluded.chunks

-- name: grow_index
-- A language stays known when its last chunk goes: a question then holds a term that finds nothing.
update search_index
set chunks = chunks + %(change)s,
    languages = case
        when languages @> %(languages)s then languages
        else (select array_agg(distinct language order by language)
              from unnest(languages || %(languages)s::text[]) as language)
    end
where kb = %(kb)s and index_id = %(index_id)s

-- name: advance_knowledge_base
-- To the latest event of the document: all that were accepted are reflected.
update knowledge_base k set indexed_until = greatest(k.indexed_until, d.event_time)
from document d
where k.kb = %(kb)s and d.kb = k.kb and d.document_id = %(document_id)s

-- name: current_indexes
-- Read after the row of the knowledge base was written: whoever adds an index, or switches to
-- another one, locks that row first.
select i.index_id, i.index_id = k.active_index as active
from search_index i
join knowledge_base k using (kb)
where i.kb = %(kb)s
