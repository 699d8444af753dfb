-- The conditions of a filter, each on `document.attributes`, which is always an object. They are
-- put together by `postgres/filters.py`; keys and values are bound parameters, every one of them.

-- name: equals
-- A list contains the value that it has as a member, and a value contains itself.
coalesce((document.attributes -> {key}::text) @> {value}::jsonb, false)

-- name: in
coalesce((document.attributes -> {key}::text) @> any({values}::jsonb[]), false)

-- name: range
-- The path is made of `RANGE_BOUNDS` alone. It takes a single value for a list of one.
coalesce(
    jsonb_path_exists(document.attributes -> {key}::text, {path}::jsonpath, {bounds}::jsonb), false
)

-- name: exists
coalesce(document.attributes -> {key}::text, 'null') <> 'null'
