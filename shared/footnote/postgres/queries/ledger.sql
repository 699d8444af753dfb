-- What every question came to.

-- name: record
-- One statement, so that the question and its calls are one round trip.
with entry as (
    insert into question (
        kb, question_id, conversation_id, asked_at, text, status, model, checkpoint, fallback,
        cached, degraded, in_corpus, input_tokens, output_tokens, cost_usd, timings_ms,
        about, key_id, model_id, embedding, filter, top_k, finding_usd
    ) values (
        %(kb)s, %(question_id)s, %(conversation_id)s, %(asked_at)s, %(text)s, %(status)s,
        %(model)s, %(checkpoint)s, %(fallback)s, %(cached)s, %(degraded)s, %(in_corpus)s,
        %(input_tokens)s, %(output_tokens)s, %(cost_usd)s, %(timings_ms)s,
        %(about)s, %(key_id)s,
        (select model_id from embedding_model where name = %(embedding_model)s), %(embedding)s,
        %(filter)s, %(top_k)s, %(finding_usd)s
    )
)
insert into model_call (
    kb, question_id, position, called_at, model, checkpoint, outcome, reason, escalated, shadow,
    arm, input_tokens, output_tokens, cost_usd, latency_ms
)
select %(kb)s, %(question_id)s, c.position, %(asked_at)s, c.model, c.checkpoint, c.outcome,
       c.reason, c.escalated, c.shadow, c.arm, c.input_tokens, c.output_tokens, c.cost_usd,
       c.latency_ms
from jsonb_to_recordset(%(calls)s) as c (
    position smallint, model text, checkpoint text, outcome text, reason text, escalated boolean,
    shadow boolean, arm text, input_tokens integer, output_tokens integer, cost_usd numeric,
    latency_ms double precision
)

-- name: usage
-- Calls, tokens, money and escalations by model and day. Of calls whose question is forgotten there
-- are sums alone, and no median.
select day, model, checkpoint, shadow,
       sum(calls)::bigint as calls,
       sum(input_tokens)::bigint as input_tokens,
       sum(output_tokens)::bigint as output_tokens,
       case when sum(unpriced) < sum(calls) then sum(cost_usd) end as cost_usd,
       sum(unpriced)::bigint as unpriced,
       sum(escalated)::bigint as escalated,
       sum(not_ok)::bigint as not_ok,
       max(latency_p50_ms) as latency_p50_ms
from (
    select (called_at at time zone 'UTC')::date as day, model, checkpoint, shadow,
           count(*) as calls,
           sum(input_tokens) as input_tokens,
           sum(output_tokens) as output_tokens,
           sum(cost_usd) as cost_usd,
           count(*) filter (where cost_usd is null) as unpriced,
           count(*) filter (where escalated) as escalated,
           count(*) filter (where outcome <> 'ok') as not_ok,
           percentile_cont(0.5) within group (order by latency_ms) as latency_p50_ms
    from model_call
    where called_at >= now() - make_interval(days => %(days)s)
    group by day, model, checkpoint, shadow
    union all
    select day, model, nullif(checkpoint, ''), shadow, calls, input_tokens, output_tokens, cost_usd,
           unpriced, escalated, case when outcome = 'ok' then 0 else calls end, null
    from past_calls
    where day >= ((now() - make_interval(days => %(days)s)) at time zone 'UTC')::date
) as part
group by day, model, checkpoint, shadow
order by day desc, model, checkpoint, shadow

-- name: escalations
-- Why the next model was asked, by model and day.
select day, model, checkpoint, shadow, outcome, sum(calls)::bigint as calls
from (
    select (called_at at time zone 'UTC')::date as day, model, checkpoint, shadow, outcome,
           1 as calls
    from model_call
    where called_at >= now() - make_interval(days => %(days)s)
    union all
    select day, model, nullif(checkpoint, ''), shadow, outcome, calls
    from past_calls
    where day >= ((now() - make_interval(days => %(days)s)) at time zone 'UTC')::date
) as part
where outcome <> 'ok'
group by day, model, checkpoint, shadow, outcome
