-- Building an index beside the one that answers, and changing from one to the other.

-- name: missing_documents
-- Without those that were imported and never read: where their file is not there, nothing is left.
select document.key
from knowledge_base k
join indexed_document known on known.kb = k.kb and known.index_id = k.active_index
join document on document.kb = k.kb and document.document_id = known.document_id
where k.kb = %(kb)s
  and document.imported_at is null
  and not exists (
      select from indexed_document made
      where made.kb = k.kb and made.index_id = %(index_id)s
        and made.document_id = known.document_id
  )
order by document.key
limit %(limit)s

-- name: count_documents
-- What the active index holds, and how much of it this one holds as well.
select count(*) as total, count(made.document_id) as done
from knowledge_base k
join indexed_document known on known.kb = k.kb and known.index_id = k.active_index
left join indexed_document made
    on made.kb = k.kb and made.index_id = %(index_id)s and made.document_id = known.document_id
where k.kb = %(kb)s

-- name: count_unseen
-- Of what the active index holds.
select count(*) as documents
from knowledge_base k
join indexed_document known on known.kb = k.kb and known.index_id = k.active_index
join document on document.kb = k.kb and document.document_id = known.document_id
where k.kb = %(kb)s and document.imported_at is not null

-- name: drop_chunks
-- A part at a time, so that no lock is held for long.
delete from indexed_document
where (kb, index_id, document_id) in (
    select kb, index_id, document_id from indexed_document
    where kb = %(kb)s and index_id = %(index_id)s
    limit %(limit)s
)

-- name: drop_index
delete from search_index where kb = %(kb)s and index_id = %(index_id)s

-- name: vector_index_state
-- Whether it can be used, and whether somebody is at work on it.
select i.indisvalid as valid,
       exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid)
           as being_built
from pg_index i
where i.indexrelid = to_regclass(%(name)s)
