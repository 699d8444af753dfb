-- A row that search reads stays in its page: since it holds pairs of words it is a little longer
-- than what Postgres moves out of line, and then every score costs three more pages.
alter table chunk_search set (toast_tuple_target = 8160);
