-- Answers that models wrote, kept for the next time that the same is asked.

create table kept_answer (
    kb text not null,
    -- A hash of the question, its filter, the instructions and the models that would be asked.
    digest bytea not null,
    index_id bigint not null,
    text text not null,
    removed text[] not null,
    -- Content hashes of every chunk that the model was given.
    read bytea[] not null,
    model text not null,
    checkpoint text,
    kept_at timestamptz not null default now(),
    primary key (kb, index_id, digest),
    foreign key (kb, index_id) references search_index on delete cascade
);
create index kept_answer_by_time on kept_answer (kb, kept_at);
create index kept_answer_by_age on kept_answer (kept_at);

create table kept_citation (
    kb text not null,
    index_id bigint not null,
    digest bytea not null,
    marker smallint not null,
    document_id text not null,
    -- Content hashes of the chunks that the quote stands in, and where it stands in them.
    chunks bytea[] not null,
    quote_offset integer not null check (quote_offset >= 0),
    quote text not null,
    status text not null,
    primary key (kb, index_id, digest, marker),
    foreign key (kb, index_id, digest) references kept_answer on delete cascade
);
create index kept_citation_by_document on kept_citation (kb, document_id);

-- Whether a question was answered from what was kept.
alter table question add column cached boolean not null default false;
