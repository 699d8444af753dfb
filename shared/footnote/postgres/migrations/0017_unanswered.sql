-- What was not answered: questions that are alike make one cluster.

alter table question
    -- Its embedding as it was searched for, and whose; null where words alone were searched.
    add column model_id smallint references embedding_model,
    add column embedding halfvec,
    -- How it was asked: the filter in the form of the API, and how many passages it wanted.
    add column filter jsonb,
    add column top_k smallint not null default 8;

create table unanswered_cluster (
    kb text not null,
    cluster_id uuid not null default gen_random_uuid(),
    -- The question that others are compared with: its embedding, and the documents it was asked of.
    leader uuid not null,
    model_id smallint not null references embedding_model,
    embedding halfvec not null,
    filter jsonb,
    state text not null default 'open' check (state in ('open', 'closed', 'dismissed')),
    changed_at timestamptz not null default now(),
    -- When it was last seen whether the documents answer it by now.
    checked_at timestamptz,
    -- What answered it, and the hash of the chunk that it stands in.
    document_id text,
    quote text,
    content_hash bytea,
    primary key (kb, cluster_id),
    check ((state = 'closed') = (document_id is not null and content_hash is not null))
);
create index unanswered_cluster_by_state on unanswered_cluster (kb, state);

create table unanswered_question (
    kb text not null,
    question_id uuid not null,
    cluster_id uuid not null,
    reason text not null check (reason in ('declined', 'down_voted')),
    asked_at timestamptz not null,
    primary key (kb, question_id),
    foreign key (kb, question_id) references question on delete cascade,
    foreign key (kb, cluster_id) references unanswered_cluster on delete cascade
);
create index unanswered_question_by_cluster on unanswered_question (kb, cluster_id, asked_at);

-- Whoever deletes a question, its cluster forgets it: another one leads it, or it goes.
create function forget_unanswered() returns trigger
    language plpgsql
    as $$
begin
    delete from unanswered_cluster c
    using (select distinct kb, cluster_id from gone) as touched
    where (c.kb, c.cluster_id) = (touched.kb, touched.cluster_id)
      and not exists (
          select from unanswered_question m where (m.kb, m.cluster_id) = (c.kb, c.cluster_id)
      );
    update unanswered_cluster c
    set leader = next.question_id, embedding = next.embedding
    from gone
    cross join lateral (
        select q.question_id, q.embedding
        from unanswered_question m
        join question q on (q.kb, q.question_id) = (m.kb, m.question_id)
        where (m.kb, m.cluster_id) = (gone.kb, gone.cluster_id)
        order by m.asked_at, m.question_id
        limit 1
    ) as next
    where (c.kb, c.cluster_id, c.leader) = (gone.kb, gone.cluster_id, gone.question_id);
    return null;
end
$$;

create trigger forget_unanswered
    after delete on unanswered_question
    referencing old table as gone
    for each statement
    execute function forget_unanswered();
