-- What reconciliation reads of the documents, in the order in which S3 lists a bucket's keys.

-- name: try_lock
-- Goes with the transaction, however that ends.
select pg_try_advisory_xact_lock(%(lock)s) as held

-- name: count_documents
select kb, count(*) as documents
from document
where status <> 'deleted'
group by kb

-- name: known_documents
-- Collation "C" compares bytes. The cursor is the last key of the page before.
select key, status, indexed_version_id, indexed_at, updated_at, attributes <> '{}' as has_attributes
from document
where key collate "C" > %(after)s
  and (%(until)s::text is null or key collate "C" < %(until)s)
order by key collate "C"
limit %(limit)s
