-- What a deployment had to do over a time, for a bill: documents and chunks now, changes meanwhile.

-- name: held
select (select count(*) from document where status = 'ready') as documents,
       (select count(*) from chunk) as chunks,
       pg_database_size(current_database()) as bytes

-- name: changed
-- Every time that a document became ready is one that was read.
select count(*) as changed
from document_history
where status = 'ready' and at >= %(since)s
