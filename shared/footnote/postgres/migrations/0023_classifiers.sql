-- Classifiers of texts by their embeddings, as checkpoints, and which of them serves.

create table classifier_checkpoint (
    kb text not null,
    classifier text not null check (classifier ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    checkpoint_id bigint generated always as identity,
    -- Embeddings of another model mean something else: a text is embedded by this one.
    model text not null,
    labels text[] not null check (cardinality(labels) >= 2),
    -- For each label a float of 4 bytes for each float of an embedding, and the intercept.
    weights bytea not null,
    temperature real not null check (temperature > 0),
    threshold real not null,
    -- Hashes of the texts that it learned from, so that the next one is judged on others.
    learned bytea[] not null,
    figures jsonb not null,
    -- What served before: null where that was none.
    replaced bigint,
    created_at timestamptz not null default now(),
    primary key (kb, classifier, checkpoint_id)
);

create table active_classifier (
    kb text not null,
    classifier text not null,
    checkpoint_id bigint not null,
    primary key (kb, classifier),
    foreign key (kb, classifier, checkpoint_id) references classifier_checkpoint
);
