-- What the ledger came to over a time: as a whole, and by hour or day (UTC).
-- %(kbs)s: whose questions; empty: everybody's. Of questions that are forgotten there are sums of days,
-- without times: hours tell only of those that are kept.

-- name: parts
select part at time zone 'UTC' as at
from generate_series(
    %(since)s at time zone 'UTC', (%(until)s - interval '1 microsecond') at time zone 'UTC',
    ('1 ' || %(step)s)::interval
) as part
order by part

-- name: asked
-- The row without a time is the whole.
with asked as (
    select date_trunc(%(step)s, q.asked_at at time zone 'UTC') as at,
           q.status, q.model, 1::bigint as questions, q.cached::int::bigint as kept,
           (q.degraded is not null)::int as degraded,
           coalesce(f.rating = 'up', false)::int::bigint as up,
           coalesce(f.rating = 'down', false)::int::bigint as down,
           coalesce(q.finding_usd, 0) as finding_usd,
           (q.timings_ms ->> 'total')::float8 as total_ms
    from question q
    left join feedback f on f.kb = q.kb and f.question_id = q.question_id
    where q.asked_at >= %(since)s and q.asked_at < %(until)s
      and (%(kbs)s::text[] = '{}' or q.kb = any(%(kbs)s::text[]))
    union all
    select day::timestamp, status, model, questions, cached, 0, up, down, finding_usd, null
    from past_questions
    where %(step)s = 'day'
      and day >= (%(since)s at time zone 'UTC')::date and day < %(until)s at time zone 'UTC'
      and (%(kbs)s::text[] = '{}' or kb = any(%(kbs)s::text[]))
)
select at at time zone 'UTC' as at,
       coalesce(sum(questions), 0)::bigint as questions,
       coalesce(sum(questions) filter (where status = 'answered'), 0)::bigint as answered,
       coalesce(sum(questions) filter (where status = 'declined'), 0)::bigint as declined,
       coalesce(sum(questions) filter (where status = 'failed'), 0)::bigint as failed,
       coalesce(sum(kept), 0)::bigint as kept,
       coalesce(sum(questions) filter (where status = 'answered' and model = 'extractive'), 0)::bigint
           as extractive,
       coalesce(sum(degraded), 0)::bigint as degraded,
       coalesce(sum(up), 0)::bigint as thumbs_up,
       coalesce(sum(down), 0)::bigint as thumbs_down,
       coalesce(sum(finding_usd), 0) as finding_usd,
       percentile_cont(0.5) within group (order by total_ms) as p50_ms,
       percentile_cont(0.95) within group (order by total_ms) as p95_ms
from asked
group by grouping sets ((at), ())

-- name: calls
-- By time and model; the rows without a model are those of a time, and those without a time of a model.
with called as (
    select date_trunc(%(step)s, called_at at time zone 'UTC') as at, model,
           coalesce(checkpoint, '') as checkpoint, shadow, 1::bigint as calls,
           input_tokens::bigint, output_tokens::bigint, coalesce(cost_usd, 0) as cost_usd,
           (cost_usd is null)::int::bigint as unpriced, (outcome <> 'ok')::int::bigint as not_ok,
           escalated::int::bigint as escalated, latency_ms
    from model_call
    where called_at >= %(since)s and called_at < %(until)s
      and (%(kbs)s::text[] = '{}' or kb = any(%(kbs)s::text[]))
    union all
    select day::timestamp, model, checkpoint, shadow, calls, input_tokens, output_tokens, cost_usd,
           unpriced, case when outcome = 'ok' then 0 else calls end, escalated, null
    from past_calls
    where %(step)s = 'day'
      and day >= (%(since)s at time zone 'UTC')::date and day < %(until)s at time zone 'UTC'
      and (%(kbs)s::text[] = '{}' or kb = any(%(kbs)s::text[]))
)
select at at time zone 'UTC' as at, model, nullif(checkpoint, '') as checkpoint, shadow,
       sum(calls)::bigint as calls,
       sum(input_tokens)::bigint as input_tokens,
       sum(output_tokens)::bigint as output_tokens,
       sum(cost_usd) as cost_usd,
       sum(unpriced)::bigint as unpriced,
       sum(not_ok)::bigint as not_ok,
       sum(escalated)::bigint as escalated,
       percentile_cont(0.5) within group (order by latency_ms) as p50_ms,
       percentile_cont(0.95) within group (order by latency_ms) as p95_ms
from called
group by grouping sets ((at), (model, checkpoint, shadow))
order by sum(cost_usd) desc, sum(calls) desc, model, checkpoint, shadow
