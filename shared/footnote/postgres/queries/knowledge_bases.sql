-- How knowledge bases want to be answered.

-- name: list_knowledge_bases
select kb, created_at from knowledge_base order by kb

-- name: count_documents
select known.kb, known.created_at, count(held.kb) as documents
from knowledge_base as known
left join document as held on held.kb = known.kb and held.status <> 'deleted'
group by known.kb, known.created_at
order by known.kb

-- name: get_knowledge_base
select created_at from knowledge_base where kb = %(kb)s

-- name: get_settings
select persona, answer_format, cache_answers, label_routes from knowledge_base where kb = %(kb)s

-- name: put_settings
insert into knowledge_base as known (kb, persona, answer_format, cache_answers, label_routes)
values (%(kb)s, %(persona)s, %(answer_format)s, %(cache_answers)s, %(label_routes)s)
on conflict (kb) do update
set persona = excluded.persona, answer_format = excluded.answer_format,
    cache_answers = excluded.cache_answers, label_routes = excluded.label_routes

-- name: drop_answers
-- Of a knowledge base that wants none to be kept.
delete from kept_answer where kb = %(kb)s and not %(cache_answers)s

-- name: lock_knowledge_base
-- Whoever begins a document of it refers to this row, and so waits.
select kb from knowledge_base where kb = %(kb)s for update

-- name: what_it_has
-- Whatever keeps a knowledge base from its end, in words.
select exists (select from document where kb = %(kb)s and status <> 'deleted') as "documents",
    exists (select from golden_question where kb = %(kb)s) as "golden questions",
    exists (select from classifier_checkpoint where kb = %(kb)s) as "classifiers",
    exists (select from dataset where kb = %(kb)s) as "data sets",
    exists (select from fine_tuning_job where kb = %(kb)s) as "fine-tuning jobs",
    exists (select from route where kb = %(kb)s) as "a route of models"

-- name: answer_from_none
update knowledge_base set active_index = null where kb = %(kb)s

-- name: remove_indexes
delete from search_index where kb = %(kb)s

-- name: remove_documents
-- Rows of documents that were deleted; their fence is needed no more once no event is on its way.
delete from document where kb = %(kb)s

-- name: remove_verdicts
delete from encoder_verdict where kb = %(kb)s

-- name: remove_clusters
-- What was not answered is told by the ledger.
delete from unanswered_cluster where kb = %(kb)s

-- name: remove_visit
delete from visit where kb = %(kb)s

-- name: remove_knowledge_base
delete from knowledge_base where kb = %(kb)s
