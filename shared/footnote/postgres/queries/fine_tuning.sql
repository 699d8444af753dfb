-- Fine-tuning jobs.

-- name: add_job
insert into fine_tuning_job (
    kb, dataset_id, provider, base_model, base_url, key_ref, epochs, options, status, state,
    estimated_cost
) values (
    %(kb)s, %(dataset_id)s, %(provider)s, %(base_model)s, %(base_url)s, %(key_ref)s, %(epochs)s,
    %(options)s, 'starting', 'starting', %(estimated_cost)s
)
returning job_id

-- name: jobs
select j.kb, j.job_id, j.dataset_id, d.name || '@' || d.version as dataset, j.provider,
       j.base_model, j.base_url, j.key_ref, j.epochs, j.options, j.remote_id, j.status, j.state,
       j.error, j.trained_tokens, j.estimated_cost::double precision as estimated_cost,
       j.created_at, j.updated_at
from fine_tuning_job j
join dataset d using (kb, dataset_id)
where j.kb = %(kb)s and (%(job_id)s::bigint is null or j.job_id = %(job_id)s)
order by j.job_id

-- name: started
update fine_tuning_job
set remote_id = %(remote_id)s, state = 'running', status = 'created', updated_at = now()
where kb = %(kb)s and job_id = %(job_id)s and remote_id is null

-- name: not_started
update fine_tuning_job
set state = 'failed', status = 'refused', error = %(error)s, updated_at = now()
where kb = %(kb)s and job_id = %(job_id)s and remote_id is null

-- name: looked_at
-- What is over stays so, whatever an old reply says.
update fine_tuning_job
set status = %(status)s, state = %(state)s, error = %(error)s,
    trained_tokens = coalesce(%(trained_tokens)s, trained_tokens), updated_at = now()
where kb = %(kb)s and job_id = %(job_id)s and state in ('starting', 'running')

-- name: add_event
insert into fine_tuning_event (
    kb, job_id, event_id, at, level, message, step, train_loss, valid_loss
) values (
    %(kb)s, %(job_id)s, %(event_id)s, %(at)s, %(level)s, %(message)s, %(step)s, %(train_loss)s,
    %(valid_loss)s
)
on conflict do nothing

-- name: events
select event_id, at, level, message, step, train_loss, valid_loss
from fine_tuning_event
where kb = %(kb)s and job_id = %(job_id)s
order by position

-- name: add_checkpoint
insert into checkpoint (
    kb, name, job_id, dataset_id, provider, base_model, base_url, remote_name, key_ref,
    prompt_version, metrics, sunset
)
select j.kb, %(name)s, j.job_id, j.dataset_id, j.provider, j.base_model, %(base_url)s,
       %(remote_name)s, j.key_ref, d.prompt_version, %(metrics)s, %(sunset)s
from fine_tuning_job j
join dataset d using (kb, dataset_id)
where j.kb = %(kb)s and j.job_id = %(job_id)s
on conflict (kb, name) do nothing
