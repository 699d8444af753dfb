-- Chunks of the index that answers, for whoever makes questions of them.

-- name: documents
select d.document_id, d.key, coalesce(d.title, '') as title, i.chunks
from knowledge_base k
join document d on d.kb = k.kb
join indexed_document i
    on i.kb = d.kb and i.index_id = k.active_index and i.document_id = d.document_id
where k.kb = %(kb)s and i.chunks > 0
order by d.key

-- name: text
select c.heading_path, c.text
from knowledge_base k
join chunk c on c.kb = k.kb and c.index_id = k.active_index
where k.kb = %(kb)s and c.document_id = %(document_id)s and c.ordinal = %(ordinal)s

-- name: holds
-- Every chunk is looked at, which takes a second for each hundred thousand or so.
select exists (
    select
    from knowledge_base k
    join chunk c on c.kb = k.kb and c.index_id = k.active_index
    where k.kb = %(kb)s and position(lower(%(words)s) in lower(c.text)) > 0
) as held
