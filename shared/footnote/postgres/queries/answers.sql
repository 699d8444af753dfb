-- Answers that were written before, and what they rest on.

-- name: find_answer
-- One row for each citation.
select a.text, a.removed, a.read, a.model, a.checkpoint,
       c.marker, c.document_id, c.chunks, c.quote_offset, c.quote, c.status
from kept_answer a
join kept_citation c using (kb, index_id, digest)
where a.kb = %(kb)s and a.index_id = %(index_id)s and a.digest = %(digest)s
  and a.kept_at > now() - %(oldest)s
order by c.marker

-- name: lock_cited_documents
-- Publishing a document locks its row as well: what is published from here on waits, and then
-- finds the answer that it has to take away.
select document_id from document
where kb = %(kb)s and document_id = any(%(documents)s)
order by document_id
for share

-- name: drop_answer
delete from kept_answer where kb = %(kb)s and index_id = %(index_id)s and digest = %(digest)s

-- name: keep_answer
-- Nothing where a cited chunk went while the answer was being written, or another process was
-- quicker. Both tables in one statement, so that an answer never has another one's citations.
with cited as (
    select *
    from jsonb_to_recordset(%(citations)s) as c (
        marker smallint, document_id text, chunks bytea[], quote_offset integer, quote text,
        status text
    )
),
kept as (
    insert into kept_answer (kb, index_id, digest, text, removed, read, model, checkpoint,
                             question_id)
    select %(kb)s, %(index_id)s, %(digest)s, %(text)s, %(removed)s, %(read)s, %(model)s,
           %(checkpoint)s, %(question_id)s
    where not exists (
        select from cited, unnest(cited.chunks) as one (content_hash)
        where not exists (
            select from chunk
            where chunk.kb = %(kb)s and chunk.index_id = %(index_id)s
              and chunk.document_id = cited.document_id and chunk.content_hash = one.content_hash
        )
    )
    on conflict do nothing
    returning kb, index_id, digest
)
insert into kept_citation (
    kb, index_id, digest, marker, document_id, chunks, quote_offset, quote, status
)
select kept.kb, kept.index_id, kept.digest, cited.marker, cited.document_id,
       cited.chunks, cited.quote_offset, cited.quote, cited.status
from kept, cited

-- name: drop_oldest
-- What another process is about to drop as well is left to that one.
delete from kept_answer
where (kb, index_id, digest) in (
    select kb, index_id, digest from kept_answer
    where kb = %(kb)s
    order by kept_at desc
    offset %(most)s
    for update skip locked
)

-- name: drop_outdated
-- In every knowledge base, a part at a time.
delete from kept_answer
where (kb, index_id, digest) in (
    select kb, index_id, digest from kept_answer
    where kept_at <= now() - %(oldest)s
    order by kept_at
    limit 100
    for update skip locked
)

-- name: forget_answers
-- Those that cite a chunk which the document has no more, of any index.
delete from kept_answer a
using kept_citation c
where c.kb = %(kb)s and c.document_id = %(document_id)s
  and (a.kb, a.index_id, a.digest) = (c.kb, c.index_id, c.digest)
  and exists (
      select from unnest(c.chunks) as one (content_hash)
      where not exists (
          select from chunk
          where chunk.kb = c.kb and chunk.index_id = c.index_id
            and chunk.document_id = c.document_id and chunk.content_hash = one.content_hash
      )
  )
