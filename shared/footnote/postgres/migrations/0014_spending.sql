-- What may be spent, and was.

alter table access_key
    add column tokens_per_minute integer check (tokens_per_minute > 0),
    add column daily_usd numeric check (daily_usd > 0);

-- US dollars, those that are reserved for calls under way included. The payer '*' is all together.
create table spending (
    payer text not null,
    day date not null,
    usd numeric not null check (usd >= 0),
    primary key (payer, day)
);

-- As `request_rate`: a bucket of one minute's tokens, full again at `full_at`.
create table token_rate (
    key_id text primary key references access_key on delete cascade,
    full_at timestamptz not null
);
