-- Questions to be labelled by people, and what they said.

-- name: list
-- Each wording once, as it was asked last. What was labelled is no more among the others, however
-- often it is asked again.
with told as (
    select q.question_id, q.text, q.about, q.asked_at, q.status, f.rating,
           l.answer, l.passages, l.labelled_at
    from question q
    left join feedback f using (kb, question_id)
    left join question_label l using (kb, question_id)
    where q.kb = %(kb)s and q.text <> ''
      and case %(kind)s
              when 'labelled' then l.question_id is not null
              when 'unanswered' then q.status = 'declined'
              when 'down_voted' then f.rating = 'down'
              else true
          end
      and (%(kind)s = 'labelled' or not exists (
          select
          from question_label known
          join question same using (kb, question_id)
          where known.kb = q.kb and same.text = q.text and same.about = q.about
      ))
    order by q.asked_at desc
    limit %(looked_at)s
),
worded as (
    select distinct on (text, about) told.*, count(*) over (partition by text, about) as times
    from told
    order by text, about, labelled_at desc nulls last, asked_at desc
)
select * from worded
order by coalesce(labelled_at, asked_at) desc, question_id
limit %(limit)s

-- name: is_asked
select question_id from question where kb = %(kb)s and question_id = %(question_id)s and text <> ''

-- name: unknown
-- Which of these are no chunk of the index that answers.
select given.key
from unnest(%(keys)s::text[], %(document_ids)s::text[], %(texts)s::text[])
    as given (key, document_id, text)
where not exists (
    select
    from knowledge_base k
    join chunk c on c.kb = k.kb and c.index_id = k.active_index
    where k.kb = %(kb)s and c.document_id = given.document_id and c.text = given.text
)

-- name: put
-- Nothing is written where the question is there no more.
insert into question_label as known (kb, question_id, answer, passages)
select kb, question_id, %(answer)s, %(passages)s
from question
where kb = %(kb)s and question_id = %(question_id)s
on conflict (kb, question_id) do update
set answer = excluded.answer, passages = excluded.passages, labelled_at = now()
returning labelled_at

-- name: remove
delete from question_label
where kb = %(kb)s and question_id = %(question_id)s
returning question_id
