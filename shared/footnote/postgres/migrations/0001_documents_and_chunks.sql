-- Documents, their chunks and what search needs of them.
-- The knowledge base is in every primary key, so that the schema can be distributed by it.

create extension if not exists vector;

create table knowledge_base (
    kb text primary key,
    -- The index that questions are answered from: changing it is the switch to another model.
    active_index bigint,
    -- The time of the latest event that readers see the outcome of.
    indexed_until timestamptz,
    created_at timestamptz not null default now()
);

-- Each has an HNSW index of its own, so that no graph ever holds vectors of two models.
create table embedding_model (
    model_id smallint generated always as identity primary key,
    name text not null unique,
    dimension integer not null check (dimension between 1 and 4000)
);

-- One way to find a knowledge base's documents: an embedding model and a size of chunks. All
-- indexes of a knowledge base are kept up to date; questions are answered from the active one.
create table search_index (
    kb text not null references knowledge_base,
    index_id bigint generated always as identity,
    model_id smallint not null references embedding_model,
    chunk_chars integer not null check (chunk_chars > 0),
    -- How many chunks can be found in it now: N of the BM25 formula.
    chunks bigint not null default 0 check (chunks >= 0),
    created_at timestamptz not null default now(),
    primary key (kb, index_id)
);
alter table knowledge_base add foreign key (kb, active_index) references search_index;

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
    -- The oldest event that readers do not see the outcome of yet.
    waiting_since timestamptz,
    status text not null
        check (status in ('pending', 'processing', 'ready', 'failed', 'skipped', 'deleted')),
    reason text,
    bytes bigint,
    -- How far the work on it is: texts embedded, of how many.
    embedded integer,
    to_embed integer,
    -- What readers see until the next generation is committed.
    generation bigint not null default 0,
    indexed_version_id text,
    content_hash bytea,
    title text,
    url text,
    attributes jsonb not null default '{}',
    indexed_at timestamptz,
    updated_at timestamptz not null default now(),
    primary key (kb, document_id)
);
create unique index document_by_key on document (kb, key text_pattern_ops);
-- The order in which S3 lists keys, over all knowledge bases: for reconciliation.
create index document_by_object on document (key collate "C");
create index document_by_status on document (kb, status, key);
create index document_by_waiting on document (kb, waiting_since) where waiting_since is not null;

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

-- A document as one index holds it.
create table indexed_document (
    kb text not null,
    index_id bigint not null,
    document_id text not null,
    -- A hash of all that its chunks are made of: what did not change is not written again.
    fingerprint bytea not null,
    chunks integer not null,
    -- The mean of its chunks' embeddings: what the document as a whole is about.
    embedding halfvec not null,
    primary key (kb, index_id, document_id),
    foreign key (kb, index_id) references search_index on delete cascade,
    foreign key (kb, document_id) references document on delete cascade
);
create index indexed_document_by_document on indexed_document (kb, document_id);

create table chunk (
    kb text not null,
    chunk_id bigint generated always as identity,
    index_id bigint not null,
    document_id text not null,
    ordinal integer not null,
    -- The key of its embedding.
    content_hash bytea not null,
    text text not null,
    heading_path text[] not null,
    page integer,
    start_offset integer not null,
    end_offset integer not null,
    primary key (kb, chunk_id),
    unique (kb, index_id, document_id, ordinal),
    foreign key (kb, index_id, document_id) references indexed_document on delete cascade
);

-- What search reads of a chunk, apart from its text so that a row stays in its page, not in TOAST.
create table chunk_search (
    kb text not null,
    chunk_id bigint not null,
    index_id bigint not null,
    model_id smallint not null,
    document_id text not null,
    embedding halfvec not null,
    -- Hashes of the knowledge base and the word, so one GIN index serves every knowledge base.
    terms integer[] not null,
    -- The term-frequency part of BM25 for each of `terms`; its inner product with the idf is BM25.
    lexical sparsevec not null,
    primary key (kb, chunk_id),
    foreign key (kb, chunk_id) references chunk on delete cascade
);
create index chunk_search_by_document on chunk_search (kb, index_id, document_id);
create index chunk_search_by_term on chunk_search using gin (terms) with (fastupdate = off);

-- How many chunks hold a word: df of the BM25 formula.
create table term_frequency (
    kb text not null,
    index_id bigint not null,
    term integer not null,
    chunks bigint not null,
    primary key (kb, index_id, term),
    foreign key (kb, index_id) references search_index on delete cascade
) with (fillfactor = 70);

-- Embeddings that were paid for, whatever became of the work that asked for them.
create table embedding (
    model_id smallint not null references embedding_model,
    content_hash bytea not null,
    vector halfvec not null,
    created_at timestamptz not null default now(),
    primary key (model_id, content_hash)
);
