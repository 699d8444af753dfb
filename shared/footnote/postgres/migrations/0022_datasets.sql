-- Data sets to fine-tune with, the jobs that did, and the checkpoints that came of them.

create table dataset (
    kb text not null,
    dataset_id bigint generated always as identity,
    name text not null check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    version integer not null check (version > 0),
    -- A hash of the instructions in its rows.
    prompt_version text not null,
    seed bigint not null,
    decline_rate double precision not null,
    left_out jsonb not null,
    created_at timestamptz not null default now(),
    primary key (kb, dataset_id),
    unique (kb, name, version)
);

-- What is forgotten of questions is forgotten here as well.
create table dataset_row (
    kb text not null,
    dataset_id bigint not null,
    position integer not null check (position > 0),
    kind text not null check (kind in ('answer', 'decline', 'classification', 'extraction')),
    split text not null check (split in ('train', 'held-out')),
    question text not null,
    system text not null,
    "user" text not null,
    reply text not null,
    answer text not null,
    cluster text not null,
    tokens integer not null,
    question_id uuid,
    primary key (kb, dataset_id, position),
    foreign key (kb, dataset_id) references dataset on delete cascade,
    foreign key (kb, question_id) references question on delete cascade
);
create index dataset_row_by_question on dataset_row (kb, question_id) where question_id is not null;

-- Which chunk of which version each row shows. It has no words, and stays when a row is forgotten:
-- what was learned from the document is still in the checkpoint.
create table dataset_row_source (
    kb text not null,
    dataset_id bigint not null,
    position integer not null,
    document_id text not null,
    key text not null,
    version_id text,
    chunk_hash bytea not null,
    -- Of the whole document, as it was: while that stands, nothing changed.
    document_hash bytea,
    golden boolean not null,
    primary key (kb, dataset_id, position, document_id, chunk_hash),
    foreign key (kb, dataset_id) references dataset on delete cascade
);

-- Rows of data sets that show text which its document has no more, or whose document is gone.
create view affected_row as
    select s.kb, s.dataset_id, s.position, s.document_id, s.key, s.golden,
           d.document_id is null or d.status = 'deleted' as deleted
    from dataset_row_source s
    left join document d on d.kb = s.kb and d.document_id = s.document_id
    where d.document_id is null
       or d.status = 'deleted'
       or (
           d.content_hash is distinct from s.document_hash
           and not exists (
               select from chunk c
               where c.kb = s.kb and c.document_id = s.document_id
                 and c.index_id in (
                     select i.index_id from indexed_document i
                     where i.kb = s.kb and i.document_id = s.document_id
                 )
                 and c.content_hash = s.chunk_hash
           )
       );
