-- What the gate said of encoders.

-- name: keep
insert into encoder_verdict as known (kb, embedding_model, against, decision, reason)
values (%(kb)s, %(model)s, %(against)s, %(decision)s, %(reason)s)
on conflict (kb, embedding_model) do update
set against = excluded.against, decision = excluded.decision, reason = excluded.reason,
    judged_at = now()

-- name: find
select embedding_model as model, against, decision, reason
from encoder_verdict
where kb = %(kb)s and embedding_model = %(model)s
