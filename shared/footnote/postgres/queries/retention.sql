-- What is forgotten of questions, and what stays of them.

-- name: old_questions
-- What another process forgets at the same time is left to that one.
select kb, question_id from question
where asked_at <= now() - make_interval(days => %(days)s)
order by asked_at
limit %(most)s
for update skip locked

-- name: questions_of_conversation
-- A key that names knowledge bases reaches theirs only (none named: all). `key_id` is that of whoever
-- may delete nothing but what was asked with that key.
select kb, question_id from question
where conversation_id = %(conversation_id)s
  and (%(knowledge_bases)s::text[] = '{}' or kb = any(%(knowledge_bases)s))
  and (%(key_id)s::text is null or key_id = %(key_id)s)

-- name: forget
-- All that is tied to a question goes with it (`on delete cascade`), and the answers that were kept
-- of it. The sums are written in one order, so that nobody waits in a circle. What another process
-- forgets meanwhile is waited for, and not counted twice.
with gone as materialized (
    select kb, question_id, q.status, q.model, q.cached, q.input_tokens, q.output_tokens, q.cost_usd,
           q.finding_usd, f.rating, (q.asked_at at time zone 'UTC')::date as day
    from unnest(%(kbs)s::text[], %(question_ids)s::uuid[]) as named (kb, question_id)
    join question q using (kb, question_id)
    left join feedback f using (kb, question_id)
    order by kb, question_id
    for update of q
),
summed as (
    insert into past_questions as known
    select kb, day, status, model, count(*), count(*) filter (where cached),
           count(*) filter (where rating = 'up'), count(*) filter (where rating = 'down'),
           sum(input_tokens), sum(output_tokens), coalesce(sum(cost_usd), 0),
           count(*) filter (where cost_usd is null), coalesce(sum(finding_usd), 0)
    from gone
    group by kb, day, status, model
    order by kb, day, status, model
    on conflict (kb, day, status, model) do update set
        questions = known.questions + excluded.questions,
        cached = known.cached + excluded.cached,
        up = known.up + excluded.up,
        down = known.down + excluded.down,
        input_tokens = known.input_tokens + excluded.input_tokens,
        output_tokens = known.output_tokens + excluded.output_tokens,
        cost_usd = known.cost_usd + excluded.cost_usd,
        unpriced = known.unpriced + excluded.unpriced,
        finding_usd = known.finding_usd + excluded.finding_usd
),
summed_calls as (
    insert into past_calls as known
    select c.kb, gone.day, c.model, coalesce(c.checkpoint, ''), c.shadow, c.outcome, count(*),
           count(*) filter (where c.escalated), sum(c.input_tokens), sum(c.output_tokens),
           coalesce(sum(c.cost_usd), 0), count(*) filter (where c.cost_usd is null),
           sum(c.latency_ms)
    from gone join model_call c using (kb, question_id)
    group by c.kb, gone.day, c.model, coalesce(c.checkpoint, ''), c.shadow, c.outcome
    order by c.kb, gone.day, c.model, coalesce(c.checkpoint, ''), c.shadow, c.outcome
    on conflict (kb, day, model, checkpoint, shadow, outcome) do update set
        calls = known.calls + excluded.calls,
        escalated = known.escalated + excluded.escalated,
        input_tokens = known.input_tokens + excluded.input_tokens,
        output_tokens = known.output_tokens + excluded.output_tokens,
        cost_usd = known.cost_usd + excluded.cost_usd,
        unpriced = known.unpriced + excluded.unpriced,
        latency_ms = known.latency_ms + excluded.latency_ms
),
answers as (
    delete from kept_answer a using gone
    where (a.kb, a.question_id) = (gone.kb, gone.question_id)
    returning a.kb
),
questions as (
    delete from question q using gone
    where (q.kb, q.question_id) = (gone.kb, gone.question_id)
    returning q.kb
)
select (select count(*) from questions) as questions, (select count(*) from answers) as answers

-- name: forget_old_answers
-- Those whose question is not known as well.
delete from kept_answer
where (kb, index_id, digest) in (
    select kb, index_id, digest from kept_answer
    where kept_at <= now() - make_interval(days => %(days)s)
    order by kept_at
    limit %(most)s
    for update skip locked
)

-- name: what_is_kept
select count(*) as questions,
       count(*) filter (where asked_at <= now() - make_interval(days => %(days)s)) as overdue,
       min(asked_at) as oldest,
       (select count(*) from feedback) as feedback,
       (select count(*) from kept_answer) as answers,
       (select coalesce(sum(questions), 0) from past_questions)::bigint as summed
from question
