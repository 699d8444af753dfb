-- Documents, their chunks and what search needs of them.
-- The knowledge base is in every primary key, so that the schema can be distributed by it.

create extension if not exists vector;

create table knowledge_base (
    kb text primary key,
    -- How many chunks can be found in it now: N of the BM25 formula.
    chunks bigint not null default 0 check (chunks >= 0),
    -- The time of the latest event that readers see the outcome of.
    indexed_until timestamptz,
    created_at timestamptz not null default now()
);

create table document (
    kb text not null references knowledge_base,
    document_id text not null,
    key text not null,
    -- The latest accepted event: what the document is on its way to.
    sequencer text not null,
    -- Grows with each accepted event: only the work that was accepted last may be published.
    claim bigint not null default 1,
    version_id text,
    event_time timestamptz not null,
    status text not null
        check (status in ('pending', 'processing', 'ready', 'failed', 'skipped', 'deleted')),
    reason text,
    bytes bigint,
    -- What readers see until the next generation is committed.
    generation bigint not null default 0,
    indexed_version_id text,
    content_hash bytea,
    title text,
    url text,
    attributes jsonb not null default '{}',
    chunks integer not null default 0,
    -- The mean of its chunks' embeddings: what the document as a whole is about.
    embedding halfvec,
    indexed_at timestamptz,
    updated_at timestamptz not null default now(),
    primary key (kb, document_id)
);
create unique index document_by_key on document (kb, key text_pattern_ops);
create index document_by_status on document (kb, status, key);

-- One row for each change of status, for people who ask what happened to their file.
create table document_history (
    kb text not null,
    document_id text not null,
    history_id bigint generated always as identity,
    at timestamptz not null default clock_timestamp(),
    status text not null,
    reason text,
    version_id text,
    chunks integer not null,
    primary key (kb, document_id, history_id),
    foreign key (kb, document_id) references document on delete cascade
);

create table chunk (
    kb text not null,
    chunk_id bigint generated always as identity,
    document_id text not null,
    ordinal integer not null,
    text text not null,
    heading_path text[] not null,
    page integer,
    start_offset integer not null,
    end_offset integer not null,
    primary key (kb, chunk_id),
    unique (kb, document_id, ordinal),
    foreign key (kb, document_id) references document on delete cascade
);

-- What search reads of a chunk, apart from its text so that a row stays in its page, not in TOAST.
create table chunk_search (
    kb text not null,
    chunk_id bigint not null,
    document_id text not null,
    embedding halfvec not null,
    -- Hashes of the knowledge base and the word, so one GIN index serves every knowledge base.
    terms integer[] not null,
    -- The term-frequency part of BM25 for each of `terms`; its inner product with the idf is BM25.
    lexical sparsevec not null,
    primary key (kb, chunk_id),
    foreign key (kb, chunk_id) references chunk on delete cascade
);
create index chunk_search_by_document on chunk_search (kb, document_id);
create index chunk_search_by_term on chunk_search using gin (terms) with (fastupdate = off);

-- How many chunks hold a word: df of the BM25 formula.
create table term_frequency (
    kb text not null references knowledge_base,
    term integer not null,
    chunks bigint not null,
    primary key (kb, term)
) with (fillfactor = 70);

-- Embeddings that were paid for, whatever became of the work that asked for them.
create table embedding (
    kb text not null references knowledge_base,
    model text not null,
    content_hash bytea not null,
    vector halfvec not null,
    created_at timestamptz not null default now(),
    primary key (kb, model, content_hash)
);
