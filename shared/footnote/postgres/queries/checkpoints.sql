-- Checkpoints of fine-tuned models: judged, tried, promoted, rolled back.

-- name: list
-- `affected` rows of its data set show text that is there no more; `gone` those of deleted documents.
select c.kb, c.name, c.provider, c.base_model, c.base_url, c.remote_name, c.key_ref,
       d.name || '@' || d.version as dataset, c.dataset_id, c.prompt_version, c.metrics, c.sunset,
       c.state, c.verdict, c.created_at, coalesce(a.affected, 0) as affected,
       coalesce(a.gone, 0) as gone
from checkpoint c
join dataset d using (kb, dataset_id)
left join lateral (
    select count(distinct position) as affected,
           count(distinct position) filter (where deleted) as gone
    from affected_row a
    where a.kb = c.kb and a.dataset_id = c.dataset_id
) a on true
where c.kb = %(kb)s and (%(name)s::text is null or c.name = %(name)s)
order by c.created_at, c.name

-- name: affected_documents
select key, bool_or(deleted) as deleted, count(distinct position) as rows
from affected_row
where kb = %(kb)s and dataset_id = %(dataset_id)s
group by key
order by key
limit %(most)s

-- name: judged
update checkpoint set verdict = %(verdict)s where kb = %(kb)s and name = %(name)s

-- name: add_model
insert into model (
    name, base_url, remote_name, kind, checkpoint, input_price, output_price, context_tokens,
    max_output_tokens, sunset, key_ref
)
values (
    %(name)s, %(base_url)s, %(remote_name)s, %(kind)s, %(checkpoint)s, %(input_price)s,
    %(output_price)s, %(context_tokens)s, %(max_output_tokens)s, %(sunset)s, %(key_ref)s
)
on conflict (name) do nothing

-- name: same_model
select name from model where name = %(name)s and remote_name = %(remote_name)s

-- name: own_route
-- A knowledge base that had none of its own gets what it had so far.
with copied as (
    insert into route (kb, candidate, candidate_share, shadow, shadow_share)
    select %(kb)s, candidate, candidate_share, shadow, shadow_share from route where kb = '*'
    on conflict (kb) do nothing
    returning kb
)
insert into route_step (kb, position, model)
select copied.kb, s.position, s.model from copied, route_step s where s.kb = '*'

-- name: lock_route
select s.model as first_step,
       exists (
           select from route_step o where o.kb = r.kb and o.model = %(name)s and o.position > 1
       ) as is_later_step
from route r
join route_step s on s.kb = r.kb and s.position = 1
where r.kb = %(kb)s
for update of r

-- name: end_canary
update checkpoint set state = 'candidate' where kb = %(kb)s and state = 'canary'

-- name: begin_canary
with tried as (
    update checkpoint set state = 'canary' where kb = %(kb)s and name = %(name)s returning kb, name
)
update route set candidate = tried.name, candidate_share = %(share)s, updated_at = now()
from tried
where route.kb = tried.kb

-- name: replace_active
update checkpoint set state = 'replaced' where kb = %(kb)s and state = 'active'

-- name: promote
with promoted as (
    update checkpoint set state = 'active', replaced = %(replaced)s
    where kb = %(kb)s and name = %(name)s
    returning kb, name
),
routed as (
    update route set candidate = null, candidate_share = 0, updated_at = now()
    from promoted
    where route.kb = promoted.kb
)
update route_step set model = promoted.name
from promoted
where route_step.kb = promoted.kb and route_step.position = 1

-- name: roll_back
-- All of it in one statement: a canary ends, or what the checkpoint took the place of answers again.
with taken as (
    select kb, name, state, replaced from checkpoint
    where kb = %(kb)s and state in ('canary', 'active')
    order by state = 'canary' desc
    limit 1
    for update
),
step as (
    update route_step s set model = taken.replaced
    from taken
    where taken.state = 'active' and s.kb = taken.kb and s.position = 1 and s.model = taken.name
),
routed as (
    update route r set candidate = null, candidate_share = 0, updated_at = now()
    from taken
    where r.kb = taken.kb and r.candidate = taken.name
)
update checkpoint c
set state = case when c.name = taken.name then 'rolled back' else 'active' end
from taken
where c.kb = taken.kb
  and (
      c.name = taken.name
      or (taken.state = 'active' and c.name = taken.replaced and c.state = 'replaced')
  )
returning taken.name, case when taken.state = 'active' then taken.replaced end as answers
