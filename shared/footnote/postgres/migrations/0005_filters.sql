-- Filters on what sidecars say: finds the documents that hold a value, whatever its key.
create index document_by_attribute on document using gin (attributes jsonb_path_ops);
