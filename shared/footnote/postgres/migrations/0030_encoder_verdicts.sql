-- What the gate said of an encoder of one's own, the last time that a knowledge base judged it.

create table encoder_verdict (
    kb text not null,
    embedding_model text not null,
    -- The model that answered then: the verdict says nothing of any other.
    against text not null,
    decision text not null,
    reason text not null,
    judged_at timestamptz not null default now(),
    primary key (kb, embedding_model)
);

alter table encoder_verdict enable row level security;
create policy one_knowledge_base on encoder_verdict to footnote_reader
    using (kb = current_kb()) with check (kb = current_kb());
