-- name: take_usd
-- Nothing is written where not so much is left.
insert into spending as known (payer, day, usd)
select %(payer)s, (now() at time zone 'UTC')::date, %(usd)s
where %(usd)s <= %(most)s
on conflict (payer, day) do update
set usd = known.usd + excluded.usd
where known.usd + excluded.usd <= %(most)s

-- name: take_tokens
-- A question that is larger than a whole minute's tokens passes when the bucket is full.
insert into token_rate as known (key_id, full_at)
values (%(payer)s, now() + interval '1 minute' * %(tokens)s / %(most)s)
on conflict (key_id) do update
set full_at = greatest(known.full_at, now()) + (excluded.full_at - now())
where greatest(known.full_at, now()) + (excluded.full_at - now()) <= now() + interval '1 minute'
   or known.full_at <= now()

-- name: wait_for_tokens
select greatest(1, extract(epoch from
           full_at - now() - interval '1 minute' + interval '1 minute' * %(tokens)s / %(most)s
       ))::float8 as wait_s
from token_rate where key_id = %(payer)s

-- name: wait_for_tomorrow
select extract(epoch from
           (date_trunc('day', now() at time zone 'UTC') + interval '1 day') - (now() at time zone 'UTC')
       )::float8 as wait_s

-- name: give_back_usd
-- On the day that it was taken from, or, around midnight, from the next one's: never below nothing.
update spending set usd = greatest(0, usd - %(usd)s)
where payer = %(payer)s and day = (now() at time zone 'UTC')::date

-- name: give_back_tokens
update token_rate
set full_at = full_at - interval '1 minute' * %(tokens)s / %(most)s
where key_id = %(payer)s

-- name: spent_today
select coalesce(sum(usd), 0) as usd from spending
where payer = %(payer)s and day = (now() at time zone 'UTC')::date

-- name: key_budgets
-- Of keys that are valid, with what was spent of each today.
select key_id, name, knowledge_bases, daily_usd, coalesce(usd, 0) as spent_usd
from access_key
left join spending on payer = key_id and day = (now() at time zone 'UTC')::date
where daily_usd is not null and revoked_at is null and (expires_at is null or expires_at > now())
order by created_at, key_id
