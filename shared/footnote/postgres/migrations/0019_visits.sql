-- Looking at unanswered questions again once documents changed.

-- When somebody last opened a cluster again: what was there by then does not answer it.
alter table unanswered_cluster add column reopened_at timestamptz;

-- One row for each knowledge base that is to be looked at again, or was.
create table visit (
    kb text primary key,
    requested_at timestamptz not null default clock_timestamp(),
    begun_at timestamptz
);
