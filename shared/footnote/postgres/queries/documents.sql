-- Where each document stands. The row lock taken here orders all work on one document.

-- name: ensure_knowledge_base
insert into knowledge_base (kb) values (%(kb)s) on conflict do nothing

-- name: wait_briefly
-- For a row that others hold: those who write a large document hold it for a minute or two, and an
-- import as long as it takes.
select set_config('lock_timeout', %(milliseconds)s, true)

-- name: lock_document
select sequencer, sidecar_sequencer, status, claim, indexed_version_id, reason,
       imported_at is not null as unseen, indexed_at
from document
where kb = %(kb)s and document_id = %(document_id)s
for update

-- name: accept_event
-- Nothing that readers see changes here: the generation that they read stays until the next one
-- is committed. An event without a sequencer leaves the fence where it is.
insert into document (kb, document_id, key, sequencer, version_id, event_time, waiting_since,
                      status, bytes)
values (%(kb)s, %(document_id)s, %(key)s, %(sequencer)s, %(version_id)s, %(event_time)s,
        %(event_time)s, %(status)s, %(bytes)s)
on conflict (kb, document_id) do update
set sequencer = coalesce(nullif(excluded.sequencer, ''), document.sequencer),
    version_id = coalesce(excluded.version_id, document.version_id),
    bytes = coalesce(excluded.bytes, document.bytes),
    event_time = greatest(document.event_time, excluded.event_time),
    waiting_since = least(document.waiting_since, excluded.event_time),
    status = excluded.status, reason = null,
    claim = document.claim + 1, updated_at = clock_timestamp()
returning claim

-- name: accept_sidecar_event
-- The document is worked on once more; which version of it that is about stays what it was.
update document
set sidecar_sequencer = coalesce(nullif(%(sequencer)s, ''), sidecar_sequencer),
    event_time = greatest(event_time, %(event_time)s),
    waiting_since = least(waiting_since, %(event_time)s),
    status = %(status)s, reason = null,
    claim = claim + 1, updated_at = clock_timestamp()
where kb = %(kb)s and document_id = %(document_id)s
returning claim

-- name: report_progress
-- Only of the work that may still be published.
update document
set embedded = %(embedded)s, to_embed = %(to_embed)s, updated_at = clock_timestamp()
where kb = %(kb)s and document_id = %(document_id)s and claim = %(claim)s
  and status = 'processing'

-- name: report_trouble
-- Of work that is tried again. The next claim takes it back.
update document
set reason = %(reason)s
where kb = %(kb)s and document_id = %(document_id)s and claim = %(claim)s
  and status = 'processing'

-- name: finish_document
update document
set status = %(status)s, reason = %(reason)s, sidecar_at_fault = %(sidecar_at_fault)s,
    generation = generation + 1,
    -- Of a deleted one the version that was told of stays: its delete marker, say.
    version_id = coalesce(%(version_id)s, version_id), indexed_version_id = %(version_id)s,
    content_hash = %(content_hash)s, title = %(title)s, url = %(url)s,
    attributes = %(attributes)s, bytes = %(bytes)s, waiting_since = null, embedded = null,
    to_embed = null, imported_at = null, indexed_at = clock_timestamp(),
    updated_at = clock_timestamp()
where kb = %(kb)s and document_id = %(document_id)s

-- name: add_history
insert into document_history (kb, document_id, status, reason, version_id, chunks)
values (%(kb)s, %(document_id)s, %(status)s, %(reason)s, %(version_id)s, %(chunks)s)

-- name: list_documents
-- The cursor is the last key of the page before.
select d.document_id, d.key, d.version_id, d.status, d.reason, coalesce(i.chunks, 0) as chunks,
       d.embedded, d.to_embed, d.bytes, d.title, d.indexed_at
from document d
join knowledge_base k on k.kb = d.kb
left join indexed_document i
    on i.kb = d.kb and i.index_id = k.active_index and i.document_id = d.document_id
where d.kb = %(kb)s
  and d.key like %(prefix)s
  and d.key ~>~ %(after)s
  and (%(status)s::text is null or d.status = %(status)s)
  and (d.status <> 'deleted' or %(status)s = 'deleted')
order by d.key using ~<~
limit %(limit)s

-- name: count_documents
select status, count(*) as documents
from document
where kb = %(kb)s and status <> 'deleted'
group by status

-- name: get_document
select d.document_id, d.key, d.version_id, d.indexed_version_id, d.status, d.reason,
       coalesce(i.chunks, 0) as chunks, d.embedded, d.to_embed, d.bytes, d.title, d.url,
       d.attributes, d.event_time, d.indexed_at, d.imported_at is not null as unseen
from document d
join knowledge_base k on k.kb = d.kb
left join indexed_document i
    on i.kb = d.kb and i.index_id = k.active_index and i.document_id = d.document_id
where d.kb = %(kb)s and d.document_id = %(document_id)s

-- name: get_attributes
select document_id, attributes
from document
where kb = %(kb)s and document_id = any(%(document_ids)s)

-- name: get_history
select at, status, reason, version_id, chunks
from document_history
where kb = %(kb)s and document_id = %(document_id)s
order by history_id desc
limit 100

-- name: list_chunks
select c.ordinal, c.text, c.page, c.heading_path
from knowledge_base k
join chunk c on c.kb = k.kb and c.index_id = k.active_index
where k.kb = %(kb)s and c.document_id = %(document_id)s and c.ordinal > %(after)s
order by c.ordinal
limit %(limit)s
