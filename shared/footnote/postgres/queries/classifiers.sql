-- Classifiers: checkpoints, and which serves.

-- name: active
select c.checkpoint_id, c.model, c.labels, c.weights, c.temperature, c.threshold
from active_classifier a
join classifier_checkpoint c using (kb, classifier, checkpoint_id)
where a.kb = %(kb)s and a.classifier = %(classifier)s

-- name: active_number
select checkpoint_id from active_classifier where kb = %(kb)s and classifier = %(classifier)s

-- name: known_texts
-- Which of these texts the checkpoint that serves learned from.
select wanted.text_hash
from active_classifier a
join classifier_checkpoint c using (kb, classifier, checkpoint_id)
cross join unnest(c.learned) as wanted (text_hash)
where a.kb = %(kb)s and a.classifier = %(classifier)s and wanted.text_hash = any(%(texts)s)

-- name: add
insert into classifier_checkpoint (
    kb, classifier, model, labels, weights, temperature, threshold, learned, figures, replaced
)
values (
    %(kb)s, %(classifier)s, %(model)s, %(labels)s, %(weights)s, %(temperature)s, %(threshold)s,
    %(learned)s, %(figures)s::jsonb,
    (select checkpoint_id from active_classifier where kb = %(kb)s and classifier = %(classifier)s)
)
returning checkpoint_id

-- name: activate
insert into active_classifier (kb, classifier, checkpoint_id)
values (%(kb)s, %(classifier)s, %(checkpoint_id)s)
on conflict (kb, classifier) do update set checkpoint_id = excluded.checkpoint_id

-- name: roll_back
update active_classifier as a set checkpoint_id = c.replaced
from classifier_checkpoint c
where a.kb = %(kb)s and a.classifier = %(classifier)s and c.replaced is not null
  and (c.kb, c.classifier, c.checkpoint_id) = (a.kb, a.classifier, a.checkpoint_id)
returning a.checkpoint_id

-- name: remove
delete from active_classifier where kb = %(kb)s and classifier = %(classifier)s

-- name: list
select c.classifier, c.checkpoint_id, c.model, c.labels, cardinality(c.learned) as examples,
       c.figures, c.replaced, c.created_at, a.checkpoint_id is not null as active
from classifier_checkpoint c
left join active_classifier a using (kb, classifier, checkpoint_id)
where c.kb = %(kb)s
order by c.classifier, c.checkpoint_id
