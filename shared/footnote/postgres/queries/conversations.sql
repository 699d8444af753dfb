-- What was said before in a conversation.

-- name: turns
-- The latest turns of a conversation that is not over; it belongs to the key that it was begun with.
select text
from question
where kb = %(kb)s
  and conversation_id = %(conversation_id)s
  and key_id is not distinct from %(key_id)s
  and asked_at >= now() - make_interval(secs => %(seconds)s)
order by asked_at desc
limit %(turns)s
