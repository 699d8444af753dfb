-- Models as data, who answers which questions, and what every question came to.

create table model (
    name text primary key check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    base_url text not null,
    remote_name text not null,
    kind text not null check (kind in ('hosted', 'fine-tuned')),
    checkpoint text,
    -- US dollars per million tokens; null where nobody gave them.
    input_price numeric check (input_price >= 0),
    output_price numeric check (output_price >= 0),
    context_tokens integer check (context_tokens > 0),
    max_output_tokens integer not null check (max_output_tokens > 0),
    sunset date,
    -- Where the key is, never the key: an environment variable's name or a secret's ARN.
    key_ref text not null check (
        key_ref = '' or key_ref ~ '^([A-Z0-9_]+_)?API_KEY$' or key_ref ~ '^arn:aws[a-z-]*:secretsmanager:'
    ),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

-- The row '*' is for every knowledge base that has none of its own.
create table route (
    kb text primary key,
    candidate text references model,
    candidate_share double precision not null check (candidate_share between 0 and 1),
    shadow text references model,
    shadow_share double precision not null check (shadow_share between 0 and 1),
    updated_at timestamptz not null default now()
);

create table route_step (
    kb text not null references route on delete cascade,
    position smallint not null check (position > 0),
    model text not null references model,
    primary key (kb, position),
    unique (kb, model)
);

-- A knowledge base need not exist to be asked.
create table question (
    kb text not null,
    question_id uuid not null,
    conversation_id text not null,
    asked_at timestamptz not null,
    text text not null,
    status text not null,
    model text not null,
    checkpoint text,
    fallback text,
    degraded text,
    in_corpus real not null,
    input_tokens integer not null,
    output_tokens integer not null,
    cost_usd numeric,
    timings_ms jsonb not null,
    primary key (kb, question_id)
);
create index question_by_time on question (kb, asked_at);

-- Names and prices may change or go: a call keeps what was true when it was made.
create table model_call (
    kb text not null,
    question_id uuid not null,
    position smallint not null,
    called_at timestamptz not null,
    model text not null,
    checkpoint text,
    outcome text not null,
    reason text not null,
    escalated boolean not null,
    shadow boolean not null,
    arm text,
    input_tokens integer not null,
    output_tokens integer not null,
    cost_usd numeric,
    latency_ms double precision not null,
    primary key (kb, question_id, position),
    foreign key (kb, question_id) references question on delete cascade
);
create index model_call_by_time on model_call (called_at);
