-- Golden questions: what a knowledge base is to answer, and what it answered.

create table golden_question (
    kb text not null,
    golden_id uuid not null default gen_random_uuid(),
    question text not null,
    -- Words that the answer is to hold.
    expected text,
    filter jsonb,
    top_k smallint not null,
    created_at timestamptz not null default now(),
    -- When its passages were last compared.
    checked_at timestamptz,
    primary key (kb, golden_id)
);

-- The baseline is what counts as right; the current one is what was answered last, if it was asked
-- again since.
create table golden_answer (
    kb text not null,
    golden_id uuid not null,
    role text not null check (role in ('baseline', 'current')),
    status text not null,
    text text not null,
    -- What it cites: document, key and quote of each.
    citations jsonb not null,
    -- Content hashes of the passages that were found, best first.
    passages text[] not null,
    model text not null,
    answered_at timestamptz not null default now(),
    primary key (kb, golden_id, role),
    foreign key (kb, golden_id) references golden_question on delete cascade
);
