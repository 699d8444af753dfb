-- Questions are forgotten after a while; what they came to is not.

-- Sums of what is gone: no text, no conversation, no key.
create table past_questions (
    kb text not null,
    day date not null,
    status text not null,
    model text not null,
    questions bigint not null,
    cached bigint not null,
    up bigint not null,
    down bigint not null,
    input_tokens bigint not null,
    output_tokens bigint not null,
    -- Of those whose cost is known; `unpriced` counts the others.
    cost_usd numeric not null,
    unpriced bigint not null,
    primary key (kb, day, status, model)
);

create table past_calls (
    kb text not null,
    day date not null,
    model text not null,
    -- Empty where the model has none.
    checkpoint text not null,
    shadow boolean not null,
    outcome text not null,
    calls bigint not null,
    escalated bigint not null,
    input_tokens bigint not null,
    output_tokens bigint not null,
    cost_usd numeric not null,
    unpriced bigint not null,
    latency_ms double precision not null,
    primary key (kb, day, model, checkpoint, shadow, outcome)
);
create index past_calls_by_day on past_calls (day);

-- Finds what is over, in every knowledge base.
create index question_by_age on question (asked_at);

-- A conversation is deleted by its id alone.
drop index question_by_conversation;
create index question_by_conversation on question (conversation_id, kb, asked_at);

-- The question that an answer was written for; null for what was kept before.
alter table kept_answer add column question_id uuid;
create index kept_answer_by_question on kept_answer (question_id);

-- Yesterday's hash of an address says nothing of today's.
alter table access_key add column visitor_salt_since timestamptz not null default now();
