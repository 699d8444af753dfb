-- How knowledge bases want to be answered.

-- name: list_knowledge_bases
select kb, created_at from knowledge_base order by kb

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
