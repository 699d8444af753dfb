-- What reconciliation reads of the documents, in the order in which S3 lists a bucket's keys.

-- name: try_lock
-- Goes with the transaction, however that ends.
select pg_try_advisory_xact_lock(%(lock)s) as held

-- name: longest_wait
-- Of the oldest upload that readers do not have yet.
select coalesce(extract(epoch from now() - min(waiting_since)), 0)::float8 as seconds
from document
where waiting_since is not null

-- name: count_documents
select kb, count(*) as documents
from document
where status <> 'deleted'
group by kb

-- name: known_documents
-- Collation "C" compares bytes. The cursor is the last key of the page before. `incomplete`: the
-- index that answers holds it, and another one of its knowledge base does not.
select d.key, d.status, d.indexed_version_id, d.indexed_at, d.updated_at,
       d.imported_at is not null as unseen,
       d.attributes <> '{}' or d.sidecar_at_fault as has_sidecar,
       exists (
           select from knowledge_base k
           join search_index other on other.kb = k.kb and other.index_id <> k.active_index
           join indexed_document known on known.kb = k.kb and known.index_id = k.active_index
           where k.kb = d.kb and known.document_id = d.document_id
             and not exists (
                 select from indexed_document made
                 where made.kb = k.kb and made.index_id = other.index_id
                   and made.document_id = d.document_id
             )
       ) as incomplete
from document d
where d.key collate "C" > %(after)s
  and (%(until)s::text is null or d.key collate "C" < %(until)s)
order by d.key collate "C"
limit %(limit)s
