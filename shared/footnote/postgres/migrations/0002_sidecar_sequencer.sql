-- The latest accepted event of a document's sidecar: sidecars are objects of their own, and S3
-- orders the events of each key by itself.
alter table document add column sidecar_sequencer text not null default '';
