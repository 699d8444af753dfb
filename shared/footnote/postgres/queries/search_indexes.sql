-- The ways in which a knowledge base's documents can be found.

-- name: list_indexes
select i.index_id, i.model_id, m.name as model, m.dimension, i.chunk_chars,
       i.languages, m.quantized, i.adapter_id,
       i.index_id = k.active_index as active
from search_index i
join embedding_model m using (model_id)
join knowledge_base k using (kb)
where i.kb = %(kb)s
order by i.index_id

-- name: lock_knowledge_base
select active_index from knowledge_base where kb = %(kb)s for update

-- name: ensure_model
-- The update changes nothing; it lets a known row be returned as well.
insert into embedding_model as known (name, dimension) values (%(model)s, %(dimension)s)
on conflict (name) do update set name = known.name
returning model_id, dimension

-- name: quantize_model
update embedding_model set quantized = %(quantized)s where model_id = %(model_id)s

-- name: is_quantized
select quantized from embedding_model where model_id = %(model_id)s

-- name: add_index
insert into search_index (kb, model_id, chunk_chars)
values (%(kb)s, %(model_id)s, %(chunk_chars)s)
returning index_id

-- name: switch_index
update knowledge_base set active_index = %(index_id)s where kb = %(kb)s
