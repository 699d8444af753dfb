-- name: asked
-- Where the question was asked, of these knowledge bases (none named: of all).
select kb
from question
where question_id = %(question_id)s
  and (%(knowledge_bases)s::text[] = '{}' or kb = any(%(knowledge_bases)s))

-- name: give
-- The last word counts. Nothing is written where the question is there no more.
insert into feedback as known (kb, question_id, rating, comment, correction)
select kb, question_id, %(rating)s, %(comment)s, %(correction)s
from question
where kb = %(kb)s and question_id = %(question_id)s
on conflict (kb, question_id) do update
set rating = excluded.rating, comment = excluded.comment, correction = excluded.correction,
    given_at = now()
returning kb
