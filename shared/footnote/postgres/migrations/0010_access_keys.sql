-- Who may call the API, and how often they did.

create table access_key (
    key_id text primary key,
    -- SHA-256 of the whole key, which is shown once and kept nowhere.
    secret_hash bytea not null unique,
    kind text not null check (kind in ('publishable', 'secret')),
    name text not null,
    -- Empty: all of them.
    knowledge_bases text[] not null,
    -- Of pages that may use it; empty: of any.
    origins text[] not null,
    requests_per_minute integer check (requests_per_minute > 0),
    visitor_requests_per_minute integer check (visitor_requests_per_minute > 0),
    -- An address alone could be found from its hash by trying all.
    visitor_salt bytea not null default uuid_send(gen_random_uuid()),
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    -- What strangers may use is for what it names.
    check (kind = 'secret' or knowledge_bases <> '{}')
);

-- A bucket that holds the requests of one minute and fills steadily: it is full again at `full_at`.
create table request_rate (
    key_id text not null references access_key on delete cascade,
    -- The hash of an address; empty for all who use the key.
    visitor text not null,
    full_at timestamptz not null,
    primary key (key_id, visitor)
);
create index request_rate_by_time on request_rate (full_at);
