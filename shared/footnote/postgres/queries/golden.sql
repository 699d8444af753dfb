-- Golden questions and what was answered to them.

-- name: lock_golden
select pg_advisory_xact_lock(hashtextextended('golden ' || %(kb)s, 0))

-- name: add_golden
-- Nothing where there are too many already.
insert into golden_question (kb, question, expected, filter, top_k)
select %(kb)s, %(question)s, %(expected)s, %(filter)s, %(top_k)s
where (select count(*) from golden_question where kb = %(kb)s) < %(most)s
returning golden_id

-- name: list_golden
select g.golden_id, g.question, g.expected, g.filter, g.top_k, g.created_at,
       to_jsonb(b) as baseline, to_jsonb(c) as current
from golden_question g
left join golden_answer b on (b.kb, b.golden_id, b.role) = (g.kb, g.golden_id, 'baseline')
left join golden_answer c on (c.kb, c.golden_id, c.role) = (g.kb, g.golden_id, 'current')
where g.kb = %(kb)s and (%(golden_id)s::uuid is null or g.golden_id = %(golden_id)s)
order by g.created_at, g.golden_id

-- name: due_golden
select golden_id
from golden_question
where kb = %(kb)s and (checked_at is null or checked_at < %(begun_at)s)
order by checked_at nulls first, golden_id
limit 1

-- name: check_golden
update golden_question set checked_at = %(begun_at)s
where kb = %(kb)s and golden_id = %(golden_id)s

-- name: keep_golden_answer
-- The first answer is the baseline. None of a question that was removed meanwhile.
insert into golden_answer as known (
    kb, golden_id, role, status, text, citations, passages, model, answered_at
)
select g.kb, g.golden_id, case when exists (
           select from golden_answer b
           where (b.kb, b.golden_id, b.role) = (g.kb, g.golden_id, 'baseline')
       ) then 'current' else 'baseline' end,
       %(status)s, %(text)s, %(citations)s, %(passages)s, %(model)s, now()
from golden_question g
where g.kb = %(kb)s and g.golden_id = %(golden_id)s
on conflict (kb, golden_id, role) do update
set status = excluded.status, text = excluded.text, citations = excluded.citations,
    passages = excluded.passages, model = excluded.model, answered_at = excluded.answered_at

-- name: accept_golden
-- What was answered last is right.
with accepted as (
    delete from golden_answer
    where kb = %(kb)s and golden_id = %(golden_id)s and role = 'current'
    returning *
)
update golden_answer b
set status = a.status, text = a.text, citations = a.citations, passages = a.passages,
    model = a.model, answered_at = a.answered_at
from accepted a
where (b.kb, b.golden_id, b.role) = (a.kb, a.golden_id, 'baseline')

-- name: remove_golden
delete from golden_question where kb = %(kb)s and golden_id = %(golden_id)s
