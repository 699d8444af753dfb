-- When a document was imported whose file was not seen in this bucket since; null for all others.
-- Reconciliation does not take such a file for gone.
alter table document add column imported_at timestamptz;
