-- The chunks of an index, to be embedded by another model.

-- name: count
select chunks from search_index where kb = %(kb)s and index_id = %(index_id)s

-- name: page
select chunk.chunk_id, document.key, document.title, chunk.content_hash, chunk.heading_path,
       chunk.text
from chunk
join document on document.kb = chunk.kb and document.document_id = chunk.document_id
where chunk.kb = %(kb)s and chunk.index_id = %(index_id)s and chunk.chunk_id > %(after)s
order by chunk.chunk_id
limit %(limit)s
