-- How a knowledge base wants its questions to be answered.

alter table knowledge_base
    add column persona text not null default '' check (length(persona) <= 1000),
    add column answer_format text not null default '' check (length(answer_format) <= 1000),
    add column cache_answers boolean not null default true;
