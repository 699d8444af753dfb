-- Models and routes.

-- name: list_models
select name, base_url, remote_name, kind, checkpoint, input_price, output_price, context_tokens,
       max_output_tokens, sunset, key_ref
from model
order by name

-- name: list_routes
select r.kb, r.candidate, r.candidate_share, r.shadow, r.shadow_share,
       array_agg(s.model order by s.position) as steps
from route r
join route_step s using (kb)
group by r.kb
order by r.kb

-- name: add_model
insert into model (
    name, base_url, remote_name, kind, checkpoint, input_price, output_price, context_tokens,
    max_output_tokens, sunset, key_ref
) values (
    %(name)s, %(base_url)s, %(remote_name)s, %(kind)s, %(checkpoint)s, %(input_price)s,
    %(output_price)s, %(context_tokens)s, %(max_output_tokens)s, %(sunset)s, %(key_ref)s
)
on conflict (name) do nothing

-- name: change_model
update model
set base_url = %(base_url)s, remote_name = %(remote_name)s, kind = %(kind)s,
    checkpoint = %(checkpoint)s, input_price = %(input_price)s, output_price = %(output_price)s,
    context_tokens = %(context_tokens)s, max_output_tokens = %(max_output_tokens)s,
    sunset = %(sunset)s, key_ref = %(key_ref)s, updated_at = now()
where name = %(name)s

-- name: remove_model
delete from model where name = %(name)s

-- name: set_route
insert into route (kb, candidate, candidate_share, shadow, shadow_share)
values (%(kb)s, %(candidate)s, %(candidate_share)s, %(shadow)s, %(shadow_share)s)
on conflict (kb) do update
set candidate = excluded.candidate, candidate_share = excluded.candidate_share,
    shadow = excluded.shadow, shadow_share = excluded.shadow_share, updated_at = now()

-- name: clear_steps
delete from route_step where kb = %(kb)s

-- name: add_steps
insert into route_step (kb, position, model)
select %(kb)s, position, model
from unnest(%(steps)s::text[]) with ordinality as step (model, position)

-- name: remove_route
delete from route where kb = %(kb)s
