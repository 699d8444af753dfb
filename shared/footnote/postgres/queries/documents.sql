-- Where each document stands. The row lock taken here orders all work on one document.

-- name: ensure_knowledge_base
insert into knowledge_base (kb) values (%(kb)s) on conflict do nothing

-- name: lock_document
select sequencer, status, claim
from document
where kb = %(kb)s and document_id = %(document_id)s
for update

-- name: accept_event
-- Nothing that readers see changes here: the generation that they read stays until the next one
-- is committed.
insert into document (kb, document_id, key, sequencer, version_id, event_time, status, bytes)
values (%(kb)s, %(document_id)s, %(key)s, %(sequencer)s, %(version_id)s, %(event_time)s,
        'processing', %(bytes)s)
on conflict (kb, document_id) do update
set sequencer = excluded.sequencer,
    version_id = coalesce(excluded.version_id, document.version_id),
    bytes = coalesce(excluded.bytes, document.bytes),
    event_time = excluded.event_time, status = 'processing', reason = null,
    claim = document.claim + 1, updated_at = clock_timestamp()
returning claim

-- name: finish_document
update document
set status = %(status)s, reason = %(reason)s, generation = generation + 1,
    version_id = %(version_id)s, indexed_version_id = %(version_id)s,
    content_hash = %(content_hash)s, title = %(title)s, url = %(url)s,
    attributes = %(attributes)s, bytes = %(bytes)s, chunks = %(chunks)s,
    embedding = %(embedding)s, indexed_at = clock_timestamp(), updated_at = clock_timestamp()
where kb = %(kb)s and document_id = %(document_id)s

-- name: add_history
insert into document_history (kb, document_id, status, reason, version_id, chunks)
values (%(kb)s, %(document_id)s, %(status)s, %(reason)s, %(version_id)s, %(chunks)s)

-- name: list_documents
-- The cursor is the last key of the page before.
select document_id, key, version_id, status, reason, chunks, bytes, title, indexed_at
from document
where kb = %(kb)s
  and key like %(prefix)s
  and key ~>~ %(after)s
  and (%(status)s::text is null or status = %(status)s)
  and (status <> 'deleted' or %(status)s = 'deleted')
order by key using ~<~
limit %(limit)s

-- name: get_document
select document_id, key, version_id, status, reason, chunks, bytes, title, url, attributes,
       event_time, indexed_at
from document
where kb = %(kb)s and document_id = %(document_id)s

-- name: get_history
select at, status, reason, version_id, chunks
from document_history
where kb = %(kb)s and document_id = %(document_id)s
order by history_id desc
limit 100

-- name: list_chunks
select ordinal, text, page, heading_path
from chunk
where kb = %(kb)s and document_id = %(document_id)s and ordinal > %(after)s
order by ordinal
limit %(limit)s

-- name: document_state
-- What `await` polls: cheap, by primary key.
select document_id, key, version_id, indexed_version_id, status, reason, chunks, bytes, title,
       indexed_at
from document
where kb = %(kb)s and document_id = %(document_id)s
