-- What somebody who knows said of a question: the right answer, and the passages that hold it.

create table question_label (
    kb text not null,
    question_id uuid not null,
    -- Null: the documents do not tell.
    answer text,
    -- Of each passage that answers: the key of its document, and the text of the chunk.
    passages jsonb not null,
    labelled_at timestamptz not null default now(),
    primary key (kb, question_id),
    foreign key (kb, question_id) references question on delete cascade
);

alter table question_label enable row level security;
create policy one_knowledge_base on question_label to footnote_reader
    using (kb = current_kb()) with check (kb = current_kb());
grant select, insert, delete on question_label to footnote_reader;
grant update (answer, passages, labelled_at) on question_label to footnote_reader;
