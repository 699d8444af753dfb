-- Fine-tuning jobs, and the checkpoints that came of them.

create table fine_tuning_job (
    kb text not null,
    job_id bigint generated always as identity,
    dataset_id bigint not null,
    provider text not null,
    base_model text not null,
    base_url text not null,
    -- Where the key is, never the key: an environment variable's name or a secret's ARN.
    key_ref text not null check (
        key_ref = '' or key_ref ~ '^([A-Z0-9_]+_)?API_KEY$' or key_ref ~ '^arn:aws[a-z-]*:secretsmanager:'
    ),
    epochs integer not null check (epochs > 0),
    options jsonb not null,
    -- The provider's id; null until it is known.
    remote_id text,
    -- In the provider's own word, and what it comes to.
    status text not null,
    state text not null check (state in ('starting', 'running', 'succeeded', 'failed', 'cancelled')),
    error text not null default '',
    trained_tokens bigint,
    estimated_cost numeric,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (kb, job_id),
    foreign key (kb, dataset_id) references dataset
);

create table fine_tuning_event (
    kb text not null,
    job_id bigint not null,
    event_id text not null,
    position bigint generated always as identity,
    at timestamptz not null,
    level text not null,
    message text not null,
    step integer,
    train_loss double precision,
    valid_loss double precision,
    primary key (kb, job_id, event_id),
    foreign key (kb, job_id) references fine_tuning_job on delete cascade
);

create table checkpoint (
    kb text not null,
    name text not null check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    job_id bigint not null,
    dataset_id bigint not null,
    provider text not null,
    base_model text not null,
    base_url text not null,
    remote_name text not null,
    key_ref text not null,
    prompt_version text not null,
    metrics jsonb not null,
    sunset date,
    state text not null default 'candidate'
        check (state in ('candidate', 'canary', 'active', 'replaced', 'rolled back')),
    -- What the gate said of it, last.
    verdict jsonb,
    -- The first step of the route before it; null where there was no route.
    replaced text,
    created_at timestamptz not null default now(),
    primary key (kb, name),
    foreign key (kb, job_id) references fine_tuning_job,
    foreign key (kb, dataset_id) references dataset
);
-- One answers, and one is tried beside it.
create unique index checkpoint_in_force on checkpoint (kb, state) where state in ('canary', 'active');
