-- A whole knowledge base, read in one snapshot, page by page.

-- name: one_snapshot
set transaction isolation level repeatable read, read only

-- name: totals
-- Nothing where there is no such knowledge base.
select k.active_index as index_id, coalesce(i.chunks, 0) as chunks,
       (select count(*) from document d where d.kb = k.kb) as documents,
       (select count(*) from question q
        where q.kb = k.kb and %(with_questions)s and q.asked_at > %(asked_after)s) as questions
from knowledge_base k
left join search_index i on i.kb = k.kb and i.index_id = k.active_index
where k.kb = %(kb)s

-- name: settings
select persona, answer_format, cache_answers, indexed_until from knowledge_base where kb = %(kb)s

-- name: index
select m.name as model, m.dimension, i.chunk_chars, i.languages, i.fusion_weights, i.calibration,
       i.adapter_id as adapter
from search_index i
join embedding_model m using (model_id)
where i.kb = %(kb)s and i.index_id = %(index_id)s

-- name: adapter
select adapter_id as number, replaced, directions, down, up, questions, question_set, pull, figures,
       created_at
from query_adapter
where kb = %(kb)s and index_id = %(index_id)s
order by adapter_id

-- name: route
select array(select s.model from route_step s where s.kb = r.kb order by s.position) as steps,
       r.candidate, r.shadow
from route r
where r.kb = %(kb)s

-- name: key
-- Neither what a key is nor its hash: whoever has a hash can try keys against it.
select kind as key_kind, name, knowledge_bases = '{}' as every_knowledge_base, origins,
       requests_per_minute, visitor_requests_per_minute, tokens_per_minute, daily_usd, expires_at
from access_key
where revoked_at is null and (expires_at is null or expires_at > now())
  and (knowledge_bases = '{}' or %(kb)s = any(knowledge_bases))
order by created_at, key_id

-- name: classifier
select c.classifier, c.checkpoint_id as number, c.replaced, a.checkpoint_id is not null as active,
       c.model, c.labels, c.weights, c.temperature, c.threshold, c.learned, c.figures, c.created_at
from classifier_checkpoint c
left join active_classifier a using (kb, classifier, checkpoint_id)
where c.kb = %(kb)s
order by c.classifier, c.checkpoint_id

-- name: document
-- With its first chunk, which tells whether its title was embedded with it.
select d.document_id, d.key, d.sequencer, d.sidecar_sequencer, d.sidecar_at_fault, d.version_id,
       d.indexed_version_id, d.event_time, d.status, d.reason, d.bytes, d.content_hash, d.title,
       d.url, d.attributes, d.indexed_at, coalesce(i.chunks, 0) as chunks, i.embedding,
       c.content_hash as first_hash, c.text as first_text, c.heading_path as first_path,
       array(
           select to_jsonb(told) from (
               select at, status, reason, version_id, chunks
               from document_history h
               where h.kb = d.kb and h.document_id = d.document_id
               order by history_id desc
               limit 100
           ) as told
       ) as history
from document d
left join indexed_document i
    on i.kb = d.kb and i.index_id = %(index_id)s and i.document_id = d.document_id
left join chunk c
    on c.kb = d.kb and c.index_id = i.index_id and c.document_id = d.document_id and c.ordinal = 0
where d.kb = %(kb)s and d.key ~>~ %(after)s
order by d.key using ~<~
limit %(limit)s

-- name: chunk
select c.ordinal, c.text, c.heading_path, c.page, c.page_breaks, c.start_offset as start,
       c.end_offset as "end", s.embedding
from chunk c
join chunk_search s on s.kb = c.kb and s.chunk_id = c.chunk_id
where c.kb = %(kb)s and c.index_id = %(index_id)s and c.document_id = %(document_id)s
  and c.ordinal > %(after)s
order by c.ordinal
limit %(limit)s

-- name: golden
select g.golden_id, g.question, g.expected, g.filter, g.top_k, g.created_at, g.checked_at,
       array(
           select to_jsonb(a) - '{kb,golden_id}'::text[]
           from golden_answer a
           where a.kb = g.kb and a.golden_id = g.golden_id
           order by a.role
       ) as answers
from golden_question g
where g.kb = %(kb)s
order by g.created_at, g.golden_id

-- name: question
select q.question_id, q.conversation_id, q.asked_at, q.text, q.about, q.status, q.model,
       q.checkpoint, q.fallback, q.cached, q.degraded, q.in_corpus, q.input_tokens, q.output_tokens,
       q.cost_usd::text, q.finding_usd::text, q.timings_ms, q.key_id is not null as keyed,
       m.name as embedding_model, q.embedding, q.filter, q.top_k,
       array(
           select to_jsonb(c) - '{kb,question_id}'::text[]
               || jsonb_build_object('cost_usd', c.cost_usd::text)
           from model_call c
           where c.kb = q.kb and c.question_id = q.question_id
           order by c.position
       ) as calls,
       (select to_jsonb(f) - '{kb,question_id}'::text[]
        from feedback f
        where f.kb = q.kb and f.question_id = q.question_id) as feedback,
       (select to_jsonb(l) - '{kb,question_id}'::text[]
        from question_label l
        where l.kb = q.kb and l.question_id = q.question_id) as label
from question q
left join embedding_model m using (model_id)
where q.kb = %(kb)s and q.asked_at > %(asked_after)s
  and (q.asked_at, q.question_id) > (%(after)s::timestamptz, %(after_id)s::uuid)
order by q.asked_at, q.question_id
limit %(limit)s

-- name: cluster
-- Of questions that are exported.
select c.cluster_id, c.leader, m.name as embedding_model, c.embedding, c.filter, c.state,
       c.changed_at, c.checked_at, c.reopened_at, d.key, c.quote, c.content_hash, told.members
from unanswered_cluster c
join embedding_model m using (model_id)
left join document d on d.kb = c.kb and d.document_id = c.document_id
cross join lateral (
    select array_agg(
        jsonb_build_object('question_id', u.question_id, 'reason', u.reason, 'asked_at', u.asked_at)
        order by u.asked_at, u.question_id
    ) as members
    from unanswered_question u
    join question q on q.kb = u.kb and q.question_id = u.question_id
    where u.kb = c.kb and u.cluster_id = c.cluster_id and q.asked_at > %(asked_after)s
) as told
where c.kb = %(kb)s and told.members is not null
  and (c.state <> 'closed' or d.key is not null)
order by c.cluster_id

-- name: past_questions
select day, status, model, questions, cached, up, down, input_tokens, output_tokens, cost_usd,
       finding_usd, unpriced
from past_questions
where kb = %(kb)s
order by day, status, model

-- name: past_calls
select day, model, checkpoint, shadow, outcome, calls, escalated, input_tokens, output_tokens,
       cost_usd, unpriced, latency_ms
from past_calls
where kb = %(kb)s
order by day, model, checkpoint, shadow, outcome
