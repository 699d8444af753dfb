-- Questions that were not answered, in clusters of those that are alike.

-- name: lock_clusters
-- One question of a knowledge base at a time, so that two that are alike do not make two clusters.
select pg_advisory_xact_lock(hashtextextended('unanswered ' || %(kb)s, 0))

-- name: join_cluster
-- The nearest cluster that is not closed, where it is near enough and asked of the same documents;
-- else a new one. A question without an embedding is left out.
with asked as (
    select q.kb, q.question_id, q.asked_at, q.model_id, q.embedding, q.filter
    from question q
    where q.kb = %(kb)s and q.question_id = %(question_id)s and q.embedding is not null
      and not exists (
          select from unanswered_question m where m.kb = q.kb and m.question_id = q.question_id
      )
),
nearest as (
    select c.cluster_id
    from asked
    join unanswered_cluster c
      on c.kb = asked.kb and c.model_id = asked.model_id and c.state <> 'closed'
     and c.filter is not distinct from asked.filter
    where 1 - (c.embedding <=> asked.embedding) >= %(alike)s
    order by c.embedding <=> asked.embedding, c.cluster_id
    limit 1
),
begun as (
    insert into unanswered_cluster (kb, leader, model_id, embedding, filter)
    select kb, question_id, model_id, embedding, filter
    from asked
    where not exists (select from nearest)
    returning cluster_id
)
insert into unanswered_question (kb, question_id, cluster_id, reason, asked_at)
select asked.kb, asked.question_id, chosen.cluster_id, %(reason)s, asked.asked_at
from asked
cross join (select cluster_id from nearest union all select cluster_id from begun) as chosen

-- name: leave_cluster
-- Whoever takes a thumb down back is no longer counted.
delete from unanswered_question
where kb = %(kb)s and question_id = %(question_id)s and reason = 'down_voted'

-- name: list_clusters
-- What was asked most often first. The cursor is the last row of the page before.
with counted as (
    select m.cluster_id,
           count(*) as questions,
           count(*) filter (where m.reason = 'declined') as declined,
           count(*) filter (where m.reason = 'down_voted') as down_voted,
           min(m.asked_at) as first_seen,
           max(m.asked_at) as last_seen
    from unanswered_cluster c
    join unanswered_question m on (m.kb, m.cluster_id) = (c.kb, c.cluster_id)
    where c.kb = %(kb)s
      and (%(state)s::text is null or c.state = %(state)s)
      and (%(cluster_id)s::uuid is null or c.cluster_id = %(cluster_id)s)
    group by m.cluster_id
)
select counted.*, c.state, c.changed_at, c.checked_at, c.document_id, c.quote,
       d.key, coalesce(d.title, d.key) as title, d.url,
       p.page, p.heading_path,
       led.text as leader_text, led.about as leader_about,
       examples.examples
from counted
join unanswered_cluster c on c.kb = %(kb)s and c.cluster_id = counted.cluster_id
join question led on led.kb = c.kb and led.question_id = c.leader
left join document d on d.kb = c.kb and d.document_id = c.document_id
left join lateral (
    select chunk.page, chunk.heading_path
    from chunk
    join knowledge_base k on k.kb = chunk.kb and k.active_index = chunk.index_id
    where chunk.kb = c.kb and chunk.document_id = c.document_id
      and chunk.content_hash = c.content_hash
    order by chunk.ordinal
    limit 1
) as p on true
cross join lateral (
    select jsonb_agg(to_jsonb(e) order by e.asked_at desc, e.question_id) as examples
    from (
        select told.* from (
            -- Of those that say the same, the last.
            select distinct on (q.text, q.about)
                   q.question_id, q.text, q.about, m.reason, m.asked_at
            from unanswered_question m
            join question q on (q.kb, q.question_id) = (m.kb, m.question_id)
            where m.kb = c.kb and m.cluster_id = c.cluster_id
            order by q.text, q.about, m.asked_at desc, q.question_id
        ) as told
        order by told.asked_at desc, told.question_id
        limit %(examples)s
    ) as e
) as examples
where %(after_questions)s::bigint is null
   or (counted.questions, counted.last_seen, counted.cluster_id)
      < (%(after_questions)s, %(after_seen)s::timestamptz, %(after_id)s::uuid)
order by counted.questions desc, counted.last_seen desc, counted.cluster_id desc
limit %(limit)s

-- name: count_clusters
select state, count(*) as clusters
from unanswered_cluster
where kb = %(kb)s
group by state

-- name: set_state
-- What a document closed is opened again without it.
update unanswered_cluster
set state = %(state)s, changed_at = now(), reopened_at = now(),
    document_id = null, quote = null, content_hash = null
where kb = %(kb)s and cluster_id = %(cluster_id)s and state <> %(state)s
