-- Whether a document failed by its sidecar. Reconciliation then knows that there was one, and reads
-- the document again once that is gone.
alter table document add column sidecar_at_fault boolean not null default false;
