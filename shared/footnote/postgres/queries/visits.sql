-- Which unanswered questions are looked at again when documents change, and what comes of it.

-- name: request_visits
-- Of these knowledge bases, or of all. One request stands for all changes until it is begun; one
-- that nobody began for minutes was lost. In one order, so that two never wait in a circle.
insert into visit as known (kb)
select watched.kb
from (select kb from unanswered_cluster union select kb from golden_question) as watched
where %(kbs)s::text[] is null or watched.kb = any(%(kbs)s)
order by watched.kb
on conflict (kb) do update set requested_at = clock_timestamp()
where known.begun_at >= known.requested_at
   or known.requested_at < clock_timestamp() - interval '2 minutes'
returning kb

-- name: begin_visit
-- What changes from here on asks for the next one.
insert into visit as known (kb, begun_at) values (%(kb)s, clock_timestamp())
on conflict (kb) do update set begun_at = clock_timestamp()
returning begun_at

-- name: questions_to_visit
-- Open clusters that a document comes near which changed since they were looked at; closed ones
-- whose document has lost the chunk that answered. A document is dated before it can be seen: hence
-- the minutes between.
with watched as materialized (
    select c.cluster_id, c.state, c.embedding,
           coalesce(c.checked_at, c.changed_at) - interval '10 minutes' as since,
           c.document_id, c.content_hash
    from unanswered_cluster c
    where c.kb = %(kb)s and c.model_id = %(model_id)s and c.state <> 'dismissed'
      and (c.checked_at is null or c.checked_at < %(begun_at)s)
),
changed as materialized (
    select d.document_id, d.indexed_at
    from document d
    where d.kb = %(kb)s and d.status = 'ready'
      and d.indexed_at > (select min(since) from watched where state = 'open')
)
select c.cluster_id, q.text, q.about, q.top_k, c.filter, c.embedding
from watched
join unanswered_cluster c on c.kb = %(kb)s and c.cluster_id = watched.cluster_id
join question q on q.kb = c.kb and q.question_id = c.leader
where case watched.state
    when 'open' then exists (
        select from changed
        join chunk_search s on s.kb = %(kb)s and s.index_id = %(index_id)s
                           and s.document_id = changed.document_id
        where changed.indexed_at > watched.since
          and 1 - (s.embedding <=> watched.embedding) >= %(near)s
    )
    else not exists (
        select from chunk
        where chunk.kb = %(kb)s and chunk.index_id = %(index_id)s
          and chunk.document_id = watched.document_id
          and chunk.content_hash = watched.content_hash
    )
end
order by c.cluster_id
limit %(limit)s

-- name: settle_visit
-- Closed by the first document cited that came after its questions were asked; else it is open.
-- A question begins to be answered before it is dated by this clock, so a declined one is taken to
-- be a minute older; what was down-voted had an answer, and only what is newer is another one.
with since as (
    select greatest(
        max(m.asked_at - case m.reason when 'declined' then interval '1 minute' else '0' end),
        max(c.reopened_at)
    ) as at
    from unanswered_cluster c
    join unanswered_question m using (kb, cluster_id)
    where c.kb = %(kb)s and c.cluster_id = %(cluster_id)s
),
answering as (
    select cited.document_id, cited.quote, cited.content_hash
    from jsonb_to_recordset(%(cited)s) as cited (
        place integer, document_id text, quote text, content_hash bytea
    )
    join document d on d.kb = %(kb)s and d.document_id = cited.document_id and d.status = 'ready'
    where d.indexed_at > (select at from since)
    order by cited.place
    limit 1
)
update unanswered_cluster c
set state = found.state,
    changed_at = case when c.state = found.state then c.changed_at else now() end,
    checked_at = %(begun_at)s,
    document_id = found.document_id, quote = found.quote, content_hash = found.content_hash
from (
    select case when a.document_id is null then 'open' else 'closed' end as state, a.*
    from (select 1) as one
    left join answering a on true
) as found
where c.kb = %(kb)s and c.cluster_id = %(cluster_id)s and c.state <> 'dismissed'
returning c.state

-- name: end_visit
-- What nothing came near need not be compared with the same documents again.
update unanswered_cluster
set checked_at = %(begun_at)s
where kb = %(kb)s and state = 'open' and model_id = %(model_id)s
  and (checked_at is null or checked_at < %(begun_at)s)

-- name: questions_to_embed
-- Clusters that were made while the knowledge base had another embedding model.
select c.cluster_id, q.text, q.about
from unanswered_cluster c
join question q on q.kb = c.kb and q.question_id = c.leader
where c.kb = %(kb)s and c.model_id <> %(model_id)s
order by c.cluster_id
limit %(limit)s

-- name: move_cluster
update unanswered_cluster set model_id = %(model_id)s, embedding = %(embedding)s
where kb = %(kb)s and cluster_id = %(cluster_id)s
