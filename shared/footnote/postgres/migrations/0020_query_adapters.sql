-- Learned linear maps on the embeddings of questions, each for one index and so for one model.

create table query_adapter (
    kb text not null,
    adapter_id bigint generated always as identity,
    index_id bigint not null,
    -- z = q + up (down q): rows of little-endian floats of 4 bytes, as many rows of `down` as
    -- floats in a row of `up`.
    directions integer not null check (directions > 0),
    down bytea not null,
    up bytea not null,
    -- What it was learned from, and what it was promoted by.
    questions integer not null,
    question_set bytea not null,
    pull real not null,
    figures jsonb not null,
    -- What was in force before: null where that was none.
    replaced bigint,
    created_at timestamptz not null default now(),
    primary key (kb, adapter_id),
    unique (kb, index_id, adapter_id),
    check (length(down) = length(up)),
    foreign key (kb, index_id) references search_index on delete cascade
);

alter table search_index add column adapter_id bigint;
-- With the index in the key: an adapter of another index, and so of another model, cannot be put in
-- force. The cascade is never followed: both go with the index.
alter table search_index
    add foreign key (kb, index_id, adapter_id)
    references query_adapter (kb, index_id, adapter_id);
