-- What people say of answers.

create table feedback (
    kb text not null,
    question_id uuid not null,
    rating text not null check (rating in ('up', 'down')),
    comment text,
    correction text,
    given_at timestamptz not null default now(),
    primary key (kb, question_id),
    foreign key (kb, question_id) references question on delete cascade
);

-- Whoever gives feedback names the question alone.
create index question_by_id on question (question_id);
