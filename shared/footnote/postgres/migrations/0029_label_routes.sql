-- Who answers questions of a label, as a classifier of the knowledge base tells it: an object of the
-- classifier's name and, by label, the name of a model, or null where no document is to answer.
alter table knowledge_base add column label_routes jsonb;
grant insert (label_routes), update (label_routes) on knowledge_base to footnote_reader;
