-- What was fitted to an index on a question set; null where the defaults are used.

-- name: read
select fusion_weights, calibration
from search_index
where kb = %(kb)s and index_id = %(index_id)s

-- name: write
update search_index
set fusion_weights = %(weights)s::real[], calibration = %(calibration)s::real[]
where kb = %(kb)s and index_id = %(index_id)s

-- name: held
-- Which of these documents an index holds.
select document.key
from document
join indexed_document held
    on held.kb = document.kb and held.document_id = document.document_id
where document.kb = %(kb)s and held.index_id = %(index_id)s and document.key = any(%(keys)s)
