-- The role that sees one knowledge base, and how a transaction takes it on.

-- name: lacks_role
select where not exists (select from pg_roles where rolname = 'footnote_reader')

-- name: make_role
create role footnote_reader nologin

-- name: may_not_set_role
select where not pg_has_role('footnote_reader', 'set')

-- name: let_set_role
-- Not inherited: an owner has rights enough, and what is for the reader is not for it.
grant footnote_reader to current_user with inherit false, set true

-- name: enter
-- Both end with the transaction. A session's setting would be the next one's as well.
select set_config('role', 'footnote_reader', true), set_config('footnote.kb', %(kb)s, true)
