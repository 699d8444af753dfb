-- Data sets to fine-tune with.

-- name: asked
-- What a row can be made of, the surest first: a label, a correction, then an answer that was found good and
-- is still kept, then what was declined and nobody said anything of.
select q.question_id, case when q.about = '' then q.text else q.text || ' (' || q.about || ')' end as text,
       f.correction, a.text as answer, a.quotes,
       case when l.question_id is not null
            then jsonb_build_object('answer', l.answer, 'passages', l.passages)
       end as label
from question q
left join feedback f using (kb, question_id)
left join question_label l using (kb, question_id)
left join lateral (
    select k.text, jsonb_object_agg(c.marker, c.quote) as quotes
    from kept_answer k
    join kept_citation c using (kb, index_id, digest)
    where k.kb = q.kb and k.question_id = q.question_id and f.rating = 'up'
    group by k.text, k.kept_at
    order by k.kept_at desc
    limit 1
) a on true
where q.kb = %(kb)s and q.text <> ''
  and (
      l.question_id is not null
      or f.correction is not null
      or a.text is not null
      or (q.status = 'declined' and f.rating is null)
  )
order by l.question_id is null, f.correction is null, a.text is null, q.asked_at desc
limit %(most)s

-- name: answers_not_kept
-- Found good, but what was answered is not known any more.
select count(*) as questions
from question q
join feedback f using (kb, question_id)
where q.kb = %(kb)s and f.rating = 'up' and f.correction is null and q.status = 'answered'
  and not exists (
      select from kept_answer k where k.kb = q.kb and k.question_id = q.question_id
  )

-- name: decline_rate
-- Of what was asked of a model: what is declined before it, no model has to learn.
select count(*) as questions,
       count(*) filter (where q.status = 'declined') as declined
from question q
where q.kb = %(kb)s
  and exists (
      select from model_call c
      where c.kb = q.kb and c.question_id = q.question_id and not c.shadow
  )

-- name: lock_name
-- Two builds of one name would choose the same version.
select pg_advisory_xact_lock(hashtextextended('dataset ' || %(kb)s || ' ' || %(name)s, 0))

-- name: add_dataset
insert into dataset (kb, name, version, prompt_version, seed, decline_rate, left_out)
select %(kb)s, %(name)s, coalesce(max(version), 0) + 1, %(prompt_version)s, %(seed)s,
       %(decline_rate)s, %(left_out)s
from dataset
where kb = %(kb)s and name = %(name)s
returning dataset_id, version

-- name: add_row
insert into dataset_row (
    kb, dataset_id, position, kind, split, question, system, "user", reply, answer, cluster, tokens,
    question_id
) values (
    %(kb)s, %(dataset_id)s, %(position)s, %(kind)s, %(split)s, %(question)s, %(system)s, %(user)s,
    %(reply)s, %(answer)s, %(cluster)s, %(tokens)s,
    -- It may have been forgotten while the rows were made; then the row has to go as well.
    %(question_id)s
)

-- name: add_source
insert into dataset_row_source (
    kb, dataset_id, position, document_id, key, version_id, chunk_hash, document_hash, golden
) values (
    %(kb)s, %(dataset_id)s, %(position)s, %(document_id)s, %(key)s, %(version_id)s, %(chunk_hash)s,
    (
        select content_hash from document
        where kb = %(kb)s and document_id = %(document_id)s
          and indexed_version_id is not distinct from %(version_id)s
    ),
    %(golden)s
)
on conflict (kb, dataset_id, position, document_id, chunk_hash) do update
set golden = dataset_row_source.golden or excluded.golden

-- name: list
select d.dataset_id, d.name, d.version, d.prompt_version, d.decline_rate, d.left_out, d.created_at,
       coalesce(r.train, 0) as train, coalesce(r.held_out, 0) as held_out,
       coalesce(r.tokens, 0) as tokens, coalesce(k.kinds, '{}') as kinds,
       coalesce(a.affected, 0) as affected
from dataset d
left join lateral (
    select count(*) filter (where split = 'train') as train,
           count(*) filter (where split = 'held-out') as held_out,
           sum(tokens) filter (where split = 'train') as tokens
    from dataset_row r
    where r.kb = d.kb and r.dataset_id = d.dataset_id
) r on true
left join lateral (
    select jsonb_object_agg(kind, rows) as kinds
    from (
        select kind, count(*) as rows from dataset_row r
        where r.kb = d.kb and r.dataset_id = d.dataset_id
        group by kind
    ) by_kind
) k on true
left join lateral (
    select count(distinct position) as affected from affected_row a
    where a.kb = d.kb and a.dataset_id = d.dataset_id
) a on true
where d.kb = %(kb)s and (%(name)s::text is null or d.name = %(name)s)
  and (%(version)s::integer is null or d.version = %(version)s)
order by d.name, d.version

-- name: rows
select r.position, r.kind, r.split, r.question, r.system, r."user", r.reply, r.answer, r.cluster,
       r.tokens, r.question_id, s.sources
from dataset_row r
left join lateral (
    select jsonb_agg(
        jsonb_build_object(
            'document_id', s.document_id, 'key', s.key, 'version_id', s.version_id,
            'chunk_hash', encode(s.chunk_hash, 'hex'), 'golden', s.golden
        )
        order by s.golden desc, s.key
    ) as sources
    from dataset_row_source s
    where s.kb = r.kb and s.dataset_id = r.dataset_id and s.position = r.position
) s on true
where r.kb = %(kb)s and r.dataset_id = %(dataset_id)s
  and (%(split)s::text is null or r.split = %(split)s)
order by r.position
