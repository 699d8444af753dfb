-- What the checks of live searches came to.

-- name: record_check
insert into recall_check (kb, k, hits) values (%(kb)s, %(k)s, %(hits)s)

-- name: forget_old_checks
delete from recall_check where kb = %(kb)s and checked_at < now() - %(kept)s::interval

-- name: report
select coalesce(max(i.chunks), 0) as chunks, count(c.k) as checks, count(c.hits) as measured,
       (sum(c.hits)::float8 / sum(c.k) filter (where c.hits is not null))::float8 as recall,
       min(c.hits::float8 / c.k)::float8 as lowest
from knowledge_base k
left join search_index i on i.kb = k.kb and i.index_id = k.active_index
left join recall_check c on c.kb = k.kb and c.checked_at >= now() - %(kept)s::interval
where k.kb = %(kb)s
