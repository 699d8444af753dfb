-- A knowledge base from an export: first an empty one, then all of it in one transaction.

-- name: is_filled
select exists (select from document where kb = %(kb)s)
    or exists (select from question where kb = %(kb)s)
    or exists (select from golden_question where kb = %(kb)s)
    or exists (select from classifier_checkpoint where kb = %(kb)s) as filled

-- name: ensure_knowledge_base
insert into knowledge_base (kb) values (%(kb)s) on conflict do nothing

-- name: answer_from_none
update knowledge_base set active_index = null where kb = %(kb)s

-- name: drop_empty_indexes
-- What an import left that was killed.
delete from search_index where kb = %(kb)s

-- name: try_lock
-- One import into a knowledge base at a time; goes with the transaction, however that ends.
select pg_try_advisory_xact_lock(hashtextextended('import ' || %(kb)s, 0)) as held

-- name: hold_index
-- Whoever switches to another index waits until the import is done, and then counts what it added:
-- rows of an index that answers no more would be found by nobody.
select from knowledge_base where kb = %(kb)s and active_index = %(index_id)s for key share

-- name: remove_knowledge_base
-- Only where nobody holds it: an upload that begins it just now keeps it.
delete from knowledge_base
where kb in (select kb from knowledge_base where kb = %(kb)s for update skip locked)

-- name: note_imported
create temporary table imported (document_id text primary key) on commit drop

-- name: add_document
-- Of one that is known already nothing is taken over: what this deployment read itself counts.
-- No time lies ahead, or reconciliation would wait for it. Without a file nobody waits for it.
with added as (
    insert into document (
        kb, document_id, key, sequencer, sidecar_sequencer, sidecar_at_fault, version_id,
        event_time, waiting_since, status, reason, bytes, generation, indexed_version_id,
        content_hash, title, url, attributes, indexed_at, imported_at
    )
    values (
        %(kb)s, %(document_id)s, %(key)s, %(sequencer)s, %(sidecar_sequencer)s,
        %(sidecar_at_fault)s, %(version_id)s, least(%(event_time)s, now()),
        case when %(status)s = 'pending' and not %(unseen)s then least(%(event_time)s, now()) end,
        %(status)s,
        %(reason)s, %(bytes)s, 1, %(indexed_version_id)s, %(content_hash)s, %(title)s, %(url)s,
        %(attributes)s, least(%(indexed_at)s, now()), case when %(unseen)s then now() end
    )
    on conflict do nothing
    returning document_id
),
noted as (
    insert into imported select document_id from added
)
insert into document_history (kb, document_id, at, status, reason, version_id, chunks)
select %(kb)s, added.document_id, least(h.at, now()), h.status, h.reason, h.version_id, h.chunks
from added,
     jsonb_to_recordset(%(history)s) as h (
         at timestamptz, status text, reason text, version_id text, chunks integer, place integer
     )
order by h.place desc

-- name: was_added
select from imported where document_id = %(document_id)s

-- name: finish_indexed_document
update indexed_document
set fingerprint = %(fingerprint)s, embedding = %(embedding)s
where kb = %(kb)s and index_id = %(index_id)s and document_id = %(document_id)s

-- name: add_golden
insert into golden_question (
    kb, golden_id, question, expected, filter, top_k, created_at, checked_at
)
select %(kb)s, r.golden_id, r.question, r.expected, nullif(r.filter, 'null'), r.top_k, r.created_at,
       r.checked_at
from jsonb_to_recordset(%(rows)s) as r (
    golden_id uuid, question text, expected text, filter jsonb, top_k smallint,
    created_at timestamptz, checked_at timestamptz
)
on conflict do nothing

-- name: add_golden_answers
insert into golden_answer (
    kb, golden_id, role, status, text, citations, passages, model, answered_at
)
select %(kb)s, r.golden_id, a.role, a.status, a.text, a.citations,
       array(select jsonb_array_elements_text(a.passages)), a.model, a.answered_at
from jsonb_to_recordset(%(rows)s) as r (golden_id uuid, answers jsonb),
     jsonb_to_recordset(r.answers) as a (
         role text, status text, text text, citations jsonb, passages jsonb, model text,
         answered_at timestamptz
     )
on conflict do nothing

-- name: asked_elsewhere
-- A question is named by its id alone: no two knowledge bases may have the same.
select q.kb
from question q
where q.question_id = any(%(question_ids)s::uuid[]) and q.kb <> %(kb)s
limit 1

-- name: add_questions
-- Keys are made anew, and nobody's key may go on with somebody else's conversation.
insert into question (
    kb, question_id, conversation_id, asked_at, text, status, model, checkpoint, fallback, cached,
    degraded, in_corpus, input_tokens, output_tokens, cost_usd, timings_ms, about, key_id, model_id,
    embedding, filter, top_k, finding_usd
)
select %(kb)s, r.question_id, r.conversation_id, least(r.asked_at, now()), r.text, r.status,
       r.model, r.checkpoint, r.fallback, r.cached, r.degraded, r.in_corpus, r.input_tokens,
       r.output_tokens, r.cost_usd, r.timings_ms, r.about, case when r.keyed then 'imported' end,
       case when r.embedding is not null then %(model_id)s::smallint end, r.embedding::halfvec,
       nullif(r.filter, 'null'), r.top_k, r.finding_usd
from jsonb_to_recordset(%(rows)s) as r (
    question_id uuid, conversation_id text, asked_at timestamptz, text text, status text,
    model text, checkpoint text, fallback text, cached boolean, degraded text, in_corpus real,
    input_tokens integer, output_tokens integer, cost_usd numeric, timings_ms jsonb, about text,
    keyed boolean, embedding text, filter jsonb, top_k smallint, finding_usd numeric
)
on conflict do nothing

-- name: add_calls
insert into model_call (
    kb, question_id, position, called_at, model, checkpoint, outcome, reason, escalated, shadow,
    arm, input_tokens, output_tokens, cost_usd, latency_ms
)
select %(kb)s, r.question_id, c.position, least(c.called_at, now()), c.model, c.checkpoint,
       c.outcome, c.reason, c.escalated, c.shadow, c.arm, c.input_tokens, c.output_tokens,
       c.cost_usd, c.latency_ms
from jsonb_to_recordset(%(rows)s) as r (question_id uuid, calls jsonb),
     jsonb_to_recordset(r.calls) as c (
         position smallint, called_at timestamptz, model text, checkpoint text, outcome text,
         reason text, escalated boolean, shadow boolean, arm text, input_tokens integer,
         output_tokens integer, cost_usd numeric, latency_ms double precision
     )
on conflict do nothing

-- name: add_feedback
insert into feedback (kb, question_id, rating, comment, correction, given_at)
select %(kb)s, r.question_id, f.rating, f.comment, f.correction, least(f.given_at, now())
from jsonb_to_recordset(%(rows)s) as r (question_id uuid, feedback jsonb),
     jsonb_to_record(nullif(r.feedback, 'null')) as f (
         rating text, comment text, correction text, given_at timestamptz
     )
where nullif(r.feedback, 'null') is not null
on conflict do nothing

-- name: add_labels
insert into question_label (kb, question_id, answer, passages, labelled_at)
select %(kb)s, r.question_id, l.answer, l.passages, least(l.labelled_at, now())
from jsonb_to_recordset(%(rows)s) as r (question_id uuid, label jsonb),
     jsonb_to_record(nullif(r.label, 'null')) as l (
         answer text, passages jsonb, labelled_at timestamptz
     )
where nullif(r.label, 'null') is not null
on conflict do nothing

-- name: add_clusters
insert into unanswered_cluster (
    kb, cluster_id, leader, model_id, embedding, filter, state, changed_at, checked_at, reopened_at,
    document_id, quote, content_hash
)
select %(kb)s, r.cluster_id, r.leader, %(model_id)s, r.embedding::halfvec, nullif(r.filter, 'null'),
       r.state, least(r.changed_at, now()), r.checked_at, r.reopened_at, r.document_id, r.quote,
       decode(r.content_hash, 'hex')
from jsonb_to_recordset(%(rows)s) as r (
    cluster_id uuid, leader uuid, embedding text, filter jsonb, state text, changed_at timestamptz,
    checked_at timestamptz, reopened_at timestamptz, document_id text, quote text, content_hash text
)
on conflict do nothing

-- name: add_members
insert into unanswered_question (kb, question_id, cluster_id, reason, asked_at)
select %(kb)s, m.question_id, r.cluster_id, m.reason, least(m.asked_at, now())
from jsonb_to_recordset(%(rows)s) as r (cluster_id uuid, members jsonb),
     jsonb_to_recordset(r.members) as m (question_id uuid, reason text, asked_at timestamptz)
on conflict do nothing

-- name: add_past_questions
insert into past_questions (
    kb, day, status, model, questions, cached, up, down, input_tokens, output_tokens, cost_usd,
    unpriced, finding_usd
)
select %(kb)s, r.day, r.status, r.model, r.questions, r.cached, r.up, r.down, r.input_tokens,
       r.output_tokens, r.cost_usd, r.unpriced, coalesce(r.finding_usd, 0)
from jsonb_to_recordset(%(rows)s) as r (
    day date, status text, model text, questions bigint, cached bigint, up bigint, down bigint,
    input_tokens bigint, output_tokens bigint, cost_usd numeric, unpriced bigint, finding_usd numeric
)
on conflict do nothing

-- name: add_past_calls
insert into past_calls (
    kb, day, model, checkpoint, shadow, outcome, calls, escalated, input_tokens, output_tokens,
    cost_usd, unpriced, latency_ms
)
select %(kb)s, r.day, r.model, r.checkpoint, r.shadow, r.outcome, r.calls, r.escalated,
       r.input_tokens, r.output_tokens, r.cost_usd, r.unpriced, r.latency_ms
from jsonb_to_recordset(%(rows)s) as r (
    day date, model text, checkpoint text, shadow boolean, outcome text, calls bigint,
    escalated bigint, input_tokens bigint, output_tokens bigint, cost_usd numeric, unpriced bigint,
    latency_ms double precision
)
on conflict do nothing

-- name: add_adapter
insert into query_adapter (
    kb, index_id, directions, down, up, questions, question_set, pull, figures, replaced, created_at
)
values (
    %(kb)s, %(index_id)s, %(directions)s, %(down)s, %(up)s, %(questions)s, %(question_set)s,
    %(pull)s, %(figures)s, %(replaced)s, least(%(created_at)s, now())
)
returning adapter_id

-- name: add_classifier
insert into classifier_checkpoint (
    kb, classifier, model, labels, weights, temperature, threshold, learned, figures, replaced,
    created_at
)
values (
    %(kb)s, %(classifier)s, %(model)s, %(labels)s, %(weights)s, %(temperature)s, %(threshold)s,
    %(learned)s, %(figures)s, %(replaced)s, least(%(created_at)s, now())
)
returning checkpoint_id

-- name: serve_classifier
insert into active_classifier (kb, classifier, checkpoint_id)
values (%(kb)s, %(classifier)s, %(checkpoint_id)s)

-- name: count_terms
-- Counted here and not taken from the file. Last, because these rows are shared by all documents of
-- the knowledge base; in one order, so that nobody waits in a circle.
insert into term_frequency as known (kb, index_id, term, chunks)
select %(kb)s, %(index_id)s, term, count(*)
from imported
join chunk_search s
    on s.kb = %(kb)s and s.index_id = %(index_id)s and s.document_id = imported.document_id
cross join lateral unnest(s.terms) as term
group by term
order by term
on conflict (kb, index_id, term) do update set chunks = known.chunks + excluded.chunks

-- name: count_chunks
select coalesce(sum(i.chunks), 0)::bigint as chunks
from imported
join indexed_document i
    on i.kb = %(kb)s and i.index_id = %(index_id)s and i.document_id = imported.document_id

-- name: put_settings
-- Of a knowledge base that was empty.
update knowledge_base
set persona = %(persona)s, answer_format = %(answer_format)s, cache_answers = %(cache_answers)s,
    indexed_until = greatest(indexed_until, least(%(indexed_until)s, now()))
where kb = %(kb)s

-- name: put_fitted
update search_index
set fusion_weights = %(fusion_weights)s::real[], calibration = %(calibration)s::real[],
    adapter_id = %(adapter_id)s
where kb = %(kb)s and index_id = %(index_id)s
