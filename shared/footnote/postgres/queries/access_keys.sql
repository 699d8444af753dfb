-- name: admit
-- The key, and one request taken from what its visitor and it have left, in this order, so that a
-- visitor who has nothing left takes nothing from others. Source: the generic cell rate algorithm
-- (ITU-T I.371), with a burst of one minute.
with key as materialized (
    select *, encode(sha256(visitor_salt || convert_to(%(address)s, 'UTF8')), 'hex') as visitor
    from access_key
    where secret_hash = %(secret_hash)s and revoked_at is null
      and (expires_at is null or expires_at > now())
),
of_visitor as (
    insert into request_rate as known (key_id, visitor, full_at)
    select key_id, visitor, now() + interval '1 minute' / visitor_requests_per_minute
    from key where visitor_requests_per_minute is not null
    on conflict (key_id, visitor) do update
    set full_at = greatest(known.full_at, now()) + (excluded.full_at - now())
    where greatest(known.full_at, now()) + (excluded.full_at - now()) <= now() + interval '1 minute'
    returning key_id
),
of_key as (
    insert into request_rate as known (key_id, visitor, full_at)
    select key_id, '', now() + interval '1 minute' / requests_per_minute
    from key
    where requests_per_minute is not null
      and (visitor_requests_per_minute is null or exists (select from of_visitor))
    on conflict (key_id, visitor) do update
    set full_at = greatest(known.full_at, now()) + (excluded.full_at - now())
    where greatest(known.full_at, now()) + (excluded.full_at - now()) <= now() + interval '1 minute'
    returning key_id
),
-- Those that had nothing left, and when they will have one request again. A bucket that others
-- emptied while this statement ran is not seen by it.
spent as (
    select coalesce(rate.full_at - interval '1 minute', now())
           + interval '1 minute' / asked.per_minute as free_at
    from key
    cross join lateral (
        values (key.visitor, key.visitor_requests_per_minute, exists (select from of_visitor)),
               ('', key.requests_per_minute, exists (select from of_key))
    ) as asked (visitor, per_minute, taken)
    left join request_rate rate on rate.key_id = key.key_id and rate.visitor = asked.visitor
    where asked.per_minute is not null and not asked.taken
)
select key_id, kind, name, knowledge_bases, origins, requests_per_minute,
       visitor_requests_per_minute, tokens_per_minute, daily_usd, created_at, expires_at, revoked_at,
       coalesce((
           select extract(epoch from greatest(max(free_at) - now(), interval '1 millisecond'))
           from spent having count(*) > 0
       ), 0)::float8 as wait_s
from key

-- name: add_key
insert into access_key (key_id, secret_hash, kind, name, knowledge_bases, origins,
                        requests_per_minute, visitor_requests_per_minute, tokens_per_minute,
                        daily_usd)
values (%(key_id)s, %(secret_hash)s, %(kind)s, %(name)s, %(knowledge_bases)s, %(origins)s,
        %(requests_per_minute)s, %(visitor_requests_per_minute)s, %(tokens_per_minute)s,
        %(daily_usd)s)
returning created_at

-- name: list_keys
select key_id, kind, name, knowledge_bases, origins, requests_per_minute,
       visitor_requests_per_minute, tokens_per_minute, daily_usd, created_at, expires_at, revoked_at
from access_key
order by created_at, key_id

-- name: find_key
select key_id, kind, name, knowledge_bases, origins, requests_per_minute,
       visitor_requests_per_minute, tokens_per_minute, daily_usd, created_at, expires_at, revoked_at
from access_key
where key_id = %(key_id)s

-- name: replace_key
-- The same key with another secret; the old one is good for a while yet.
with old as (
    update access_key
    set expires_at = now() + make_interval(secs => %(grace_s)s)
    where key_id = %(old_key_id)s and revoked_at is null and expires_at is null
    returning *
)
insert into access_key (key_id, secret_hash, kind, name, knowledge_bases, origins,
                        requests_per_minute, visitor_requests_per_minute, tokens_per_minute,
                        daily_usd)
select %(key_id)s, %(secret_hash)s, kind, name, knowledge_bases, origins, requests_per_minute,
       visitor_requests_per_minute, tokens_per_minute, daily_usd
from old

-- name: revoke_key
update access_key set revoked_at = coalesce(revoked_at, now()) where key_id = %(key_id)s

-- name: renew_salts
update access_key set visitor_salt = uuid_send(gen_random_uuid()), visitor_salt_since = now()
where visitor_salt_since <= now() - interval '1 day'

-- name: forget_visitors
-- A bucket that is full says nothing that one that was never used does not.
delete from request_rate where full_at < now()
