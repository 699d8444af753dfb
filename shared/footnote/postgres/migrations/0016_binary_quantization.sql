-- Whether the HNSW index of a model holds one bit of each float, which a search ranks anew.
alter table embedding_model add column quantized boolean not null default false;
