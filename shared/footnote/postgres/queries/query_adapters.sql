-- Query adapters: learned, put in force, taken back.

-- name: promote
-- Kept, with what it takes the place of, and in force from the next question on.
with before as (
    select kb, index_id, adapter_id from search_index
    where kb = %(kb)s and index_id = %(index_id)s
    for update
),
added as (
    insert into query_adapter (
        kb, index_id, directions, down, up, questions, question_set, pull, figures, replaced
    )
    select kb, index_id, %(directions)s, %(down)s, %(up)s, %(questions)s, %(question_set)s,
           %(pull)s, %(figures)s::jsonb, adapter_id
    from before
    returning kb, index_id, adapter_id
)
select adapter_id from added

-- name: put_in_force
-- Null: questions go as they are.
update search_index set adapter_id = %(adapter_id)s
where kb = %(kb)s and index_id = %(index_id)s

-- name: roll_back
update search_index as i set adapter_id = a.replaced
from query_adapter a
where i.kb = %(kb)s and i.index_id = %(index_id)s
  and (a.kb, a.index_id, a.adapter_id) = (i.kb, i.index_id, i.adapter_id)
returning i.adapter_id

-- name: read
select directions, down, up from query_adapter where kb = %(kb)s and adapter_id = %(adapter_id)s

-- name: list
select a.adapter_id, a.index_id, m.name as model, a.directions, a.questions, a.pull, a.figures,
       a.replaced, a.created_at, i.index_id = k.active_index and a.adapter_id = i.adapter_id as active
from query_adapter a
join search_index i using (kb, index_id)
join embedding_model m using (model_id)
join knowledge_base k using (kb)
where a.kb = %(kb)s
order by a.adapter_id

-- name: chunks_of
-- The chunks of these documents, to find those that answer.
select s.chunk_id, document.key, chunk.text
from document
join chunk_search s
    on s.kb = document.kb and s.index_id = %(index_id)s and s.document_id = document.document_id
join chunk on chunk.kb = s.kb and chunk.chunk_id = s.chunk_id
where document.kb = %(kb)s and document.key = any(%(keys)s)
order by s.chunk_id

-- name: embeddings
select s.chunk_id, s.embedding
from chunk_search s
where s.kb = %(kb)s and s.index_id = %(index_id)s and s.chunk_id = any(%(chunks)s)

-- name: document_embeddings
select document.key, whole.embedding
from document
join indexed_document whole
    on whole.kb = document.kb and whole.document_id = document.document_id
where document.kb = %(kb)s and whole.index_id = %(index_id)s and document.key = any(%(keys)s)
