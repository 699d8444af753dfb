-- name: give
-- The last word counts. Nothing is written where no question of these knowledge bases (none named:
-- of any) has that id.
insert into feedback as known (kb, question_id, rating, comment, correction)
select kb, question_id, %(rating)s, %(comment)s, %(correction)s
from question
where question_id = %(question_id)s
  and (%(knowledge_bases)s::text[] = '{}' or kb = any(%(knowledge_bases)s))
on conflict (kb, question_id) do update
set rating = excluded.rating, comment = excluded.comment, correction = excluded.correction,
    given_at = now()
returning kb
