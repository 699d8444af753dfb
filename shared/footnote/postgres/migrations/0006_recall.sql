-- Live searches that were searched once more exactly.
create table recall_check (
    kb text not null,
    check_id bigint generated always as identity,
    checked_at timestamptz not null default now(),
    k smallint not null check (k > 0),
    -- Null where the exact search took longer than it may.
    hits smallint check (hits between 0 and k),
    primary key (kb, check_id)
);
create index recall_check_by_time on recall_check (kb, checked_at);
