-- Question to passages in one statement: candidates from both sides, then both scores for each.
-- Without a vector (its model is down) words alone count: no candidates by meaning, cosine zero.
-- {dimension} is the length of the embeddings and {model_id} the model that made them: neither a
-- type's modifier nor what chooses a partial index can be a bound parameter. {candidates} is how many
-- each side may bring: bound, the one plan for every question would be made for a tenth of all rows.
-- Where a filter is given,
-- {matches} is its condition on `document` (filters.sql); {within} and {admitted} are those below, or
-- `true` without a filter, and `matching` is then never read. {also} is nothing but where chunks are
-- to be scored that neither side need bring.

-- name: settings
-- Local to the transaction, so that they survive a pooler. An iterative scan goes on until enough
-- rows of this knowledge base are found, or gives up at the limit: `scanned_candidate` then goes
-- on. Without it a filter on HNSW silently loses rows.
-- A graph loses recall as it grows, so a larger one is searched more widely.
select set_config('hnsw.ef_search', (
           select round(least(%(widest)s, greatest(%(ef_search)s,
               %(ef_search)s * power(coalesce(max(chunks), 0) / 50000.0, 0.7))))::text
           from search_index where kb = %(kb)s and index_id = %(index_id)s
       ), true),
       set_config('hnsw.iterative_scan', 'relaxed_order', true),
       set_config('hnsw.max_scan_tuples', %(scan_limit)s, true),
       set_config('hnsw.scan_mem_multiplier', '4', true),
       set_config('enable_seqscan', 'off', true),
       -- Most branches of the search never run, which the planner cannot know: starting workers
       -- and compiling for those took longer than all the rest. One plan serves every question.
       set_config('max_parallel_workers_per_gather', '0', true),
       set_config('jit', 'off', true),
       set_config('plan_cache_mode', 'force_generic_plan', true),
       -- Nobody waits for what comes too late; without a deadline it is 0, which is none.
       set_config('statement_timeout', %(milliseconds)s, true)

-- name: within
s.document_id = any(array(select document_id from matching))

-- name: admitted
-- Of many documents only those are looked at whose chunks are near.
case
    when (select chunks from scope) > %(exact_below)s then (
        select {matches} from document
        where document.kb = %(kb)s and document.document_id = s.document_id
    )
    else s.document_id in (select document_id from matching)
end

-- name: also
union select unnest(%(also)s::bigint[])

-- name: holds_all
s.terms @> (select terms from conjunction where place = {place})

-- name: nearest
select s.chunk_id
from searchable_chunk s
where s.kb = %(kb)s and s.index_id = %(index_id)s and s.model_id = {model_id}
  and {admitted}
  and (select chunks from scope) > %(exact_below)s and %(vector)s::halfvec is not null
order by s.embedding::halfvec({dimension}) <=> %(vector)s::halfvec({dimension})
limit {candidates}

-- name: nearest_by_bits
-- The index holds one bit of each float: of several times as many the nearest are kept.
select near.chunk_id
from (
    select s.chunk_id, s.embedding
    from searchable_chunk s
    where s.kb = %(kb)s and s.index_id = %(index_id)s and s.model_id = {model_id}
      and {admitted}
      and (select chunks from scope) > %(exact_below)s and %(vector)s::halfvec is not null
    order by binary_quantize(s.embedding)::bit({dimension})
             <~> binary_quantize(%(vector)s::halfvec)::bit({dimension})
    limit {reranked}
) as near
order by near.embedding <=> %(vector)s::halfvec
limit {candidates}

-- name: search
with recursive base as materialized (
    select coalesce(max(i.chunks), 0) as chunks,
           max(k.active_index) as active_index,
           coalesce(max(i.languages), '{{}}') as languages,
           max(i.calibration) as calibration,
           max(i.adapter_id) as adapter_id,
           -- What is to be tried, else what was fitted to this index, else what serves most.
           coalesce(%(weights)s::real[], max(i.fusion_weights), %(default_weights)s::real[]) as fusion,
           -- An upload at that very moment is not reflected: hence the millisecond, S3's unit.
           coalesce(
               least(
                   max(k.indexed_until),
                   (select min(waiting_since) - interval '1 millisecond' from document
                    where kb = %(kb)s and waiting_since is not null)
               ),
               now()
           ) as index_as_of
    from knowledge_base k
    left join search_index i on i.kb = k.kb and i.index_id = %(index_id)s
    where k.kb = %(kb)s
),
-- The documents that pass the filter, or as many as tell that these are too many to scan.
matching as materialized (
    select document.document_id
    from document
    where document.kb = %(kb)s
      and (%(contained)s::jsonb[] is null or document.attributes @> any(%(contained)s::jsonb[]))
      and {matches}
    limit %(exact_below)s::bigint + 1
),
-- How many chunks the question is asked of, or that they are too many to scan.
scope as materialized (
    select case
               when not %(filtered)s then (select chunks from base)
               when found.documents > %(exact_below)s then found.documents
               else (
                   select coalesce(sum(whole.chunks), 0) from indexed_document whole
                   where whole.kb = %(kb)s and whole.index_id = %(index_id)s
                     and whole.document_id = any(array(select document_id from matching))
               )
           end as chunks
    from (
        select case when %(filtered)s then (select count(*) from matching) end as documents
    ) as found
),
-- BM25's idf (Robertson and Zaragoza 2009, in Lucene's form that is never negative). The forms of
-- one word in several languages are as rare as the most frequent of them.
question_term as materialized (
    select term, word, weight, df,
           ln(1 + (chunks - word_df + 0.5) / (word_df + 0.5)) as idf
    from (
        select asked.*, base.chunks, max(df) over (partition by word) as word_df
        from (
            -- Term by term: a join would read all terms' rows where the planner has no statistics
            -- yet, in the first minute of a new index.
            select t.term, t.word, t.weight::real, coalesce((
                       select f.chunks from term_frequency f
                       where f.kb = %(kb)s and f.index_id = %(index_id)s and f.term = t.term
                   ), 0) as df
            from unnest(%(terms)s::integer[], %(words)s::integer[], %(counts)s::integer[])
                as t (term, word, weight)
        ) as asked
        cross join base
    ) as counted
),
-- The rarest terms decide who can win; the postings that are read stay within a budget. A single
-- term may take five times of it; one that is more frequent still tells passages hardly apart.
-- In a large index most terms are frequent: there few are read whole, the others together.
selective as materialized (
    select array_agg(term) as terms
    from (
        select term, df, chunks > %(large)s and terms > 1 as large,
               sum(df) over (order by df, term) as postings
        from question_term
        cross join base
        cross join (select count(*) as terms from question_term where df > 0) as known
        where df > 0
    ) as ranked
    where postings <= case when large then %(rare_postings)s else %(posting_budget)s end
       or (not large and postings = df and df <= 5 * %(posting_budget)s)
),
-- The rarest of those that are too frequent to be read whole, the rarest first.
frequent as materialized (
    select term, df, idf * weight as idf, ln(df::float8 / base.chunks) as share,
           row_number() over (order by df, term) as place
    from question_term
    cross join base
    where df > 0 and base.chunks > %(large)s
      and term <> all(coalesce((select terms from selective), '{{}}'))
    order by df, term
    limit %(conjunction_terms)s
),
-- Terms are put together until so few chunks are expected to hold them all that they can be read:
-- who wins holds several terms. A set that grows from its rarest term on is made once, and that
-- term's postings are those that the index walks along.
grown (terms, place, walked, idf, expected) as (
    select array[term], place, df, idf, share + ln((select chunks from base)) from frequent
    union all
    select grown.terms || frequent.term, frequent.place, grown.walked, grown.idf + frequent.idf,
           grown.expected + frequent.share
    from grown
    join frequent on frequent.place > grown.place
    where grown.expected > ln(%(conjunction_rows)s::float8)
),
-- Those that tell most first, within a budget of rows and one for what is walked along;
-- the first may take five times of both.
conjunction as materialized (
    select terms, place
    from (
        select terms, row_number() over whole as place, sum(exp(expected)) over whole as postings,
               sum(walked) over whole as walked
        from grown
        where expected <= ln(%(conjunction_rows)s::float8)
           or place = (select max(place) from frequent)
        window whole as (order by idf desc, terms)
    ) as ended
    where postings <= case place when 1 then 5 else 1 end * %(conjunction_budget)s
      and walked <= case place when 1 then 5 else 1 end * %(walked_budget)s
),
lexical_query as materialized (
    select format(
               '{{%%s}}/%%s', string_agg(term || ':' || idf * weight, ',' order by term),
               %(term_space)s::integer
           )::sparsevec as vector
    from question_term
    where df > 0
),
-- The same with the pairs of words that stand side by side in the question. None of them is
-- counted: their idf is made of those of their words.
paired_query as materialized (
    select format(
               '{{%%s}}/%%s', string_agg(term || ':' || weight, ',' order by term),
               %(term_space)s::integer
           )::sparsevec as vector
    from (
        select term, max(weight) as weight
        from (
            select term, idf * weight as weight from question_term where df > 0
            union all
            select p.pair, %(pair_weight)s * (a.idf + b.idf)
            from unnest(%(pairs)s::integer[], %(firsts)s::integer[], %(seconds)s::integer[])
                as p (pair, first, second)
            join question_term a on a.term = p.first
            join question_term b on b.term = p.second
        ) as every_part
        group by term
    ) as part
),
lexical_candidate as materialized (
    select s.chunk_id
    from (
        select s.chunk_id, s.document_id
        from searchable_chunk s
        where s.kb = %(kb)s and s.index_id = %(index_id)s
          and (s.terms && (select terms from selective) or {holds_all})
        -- The shorter vector stands first: the inner product walks along it, and ends where it ends.
        order by (select vector from paired_query) <#> s.lexical
        offset 0
    ) as s
    where {admitted}
    limit {candidates}
),
-- Few chunks are scanned exactly: no index is as quick, and none is as right.
exact_candidate as materialized (
    select s.chunk_id
    from searchable_chunk s
    where s.kb = %(kb)s and s.index_id = %(index_id)s and s.model_id = {model_id}
      and {within}
      and (select chunks from scope) <= %(exact_below)s and %(vector)s::halfvec is not null
    order by (s.embedding <=> %(vector)s::halfvec) + 0
    limit {candidates}
),
nearest_candidate as materialized ({nearest}),
-- The index gives up after so many rows that do not count; then nothing but a scan is complete.
scanned_candidate as materialized (
    select s.chunk_id
    from searchable_chunk s
    where s.kb = %(kb)s and s.index_id = %(index_id)s and s.model_id = {model_id}
      and {admitted}
      and (select chunks from scope) > %(exact_below)s
      and %(vector)s::halfvec is not null
      and (select count(*) from nearest_candidate) < {candidates}
    order by (s.embedding <=> %(vector)s::halfvec) + 0
    limit {candidates}
),
candidate as materialized (
    select chunk_id from lexical_candidate
    union select chunk_id from exact_candidate
    union select chunk_id from nearest_candidate
    union select chunk_id from scanned_candidate
    {also}
),
scored as materialized (
    select s.chunk_id, s.document_id, s.terms,
           coalesce(1 - (s.embedding <=> %(vector)s::halfvec), 0) as cosine,
           -- Without an adapter it is the same: a calibration is that of the model's own cosines.
           coalesce(1 - (s.embedding <=> %(plain)s::halfvec), 0) as plain_cosine,
           coalesce(-((select vector from lexical_query) <#> s.lexical), 0) as bm25,
           coalesce(-((select vector from paired_query) <#> s.lexical), 0) as lexical,
           coalesce(1 - (whole.embedding <=> %(vector)s::halfvec), 0) as document_cosine
    from candidate
    join searchable_chunk s on s.kb = %(kb)s and s.chunk_id = candidate.chunk_id
    join indexed_document whole
        on whole.kb = %(kb)s and whole.index_id = %(index_id)s
        and whole.document_id = s.document_id
),
spread as materialized (
    select min(cosine) as lowest, nullif(max(cosine) - min(cosine), 0) as width,
           nullif(max(lexical), 0) as top,
           min(document_cosine) as lowest_document,
           nullif(max(document_cosine) - min(document_cosine), 0) as document_width
    from scored
),
-- Fusion of normalised scores: it keeps how far apart passages are, which ranks throw away
-- (Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval").
normalised as materialized (
    select scored.*,
           coalesce((cosine - lowest) / width, 1) as by_meaning,
           coalesce(lexical / top, 0) as by_words,
           coalesce((document_cosine - lowest_document) / document_width, 1) as by_document
    from scored cross join spread
),
fused as materialized (
    select normalised.*,
           fusion[1] * by_meaning + fusion[2] * by_words + fusion[3] * by_document as score
    from normalised cross join base
    order by score desc, chunk_id
    -- Whoever asks for fewer is shown fewer, and the evidence stays the same.
    limit greatest(%(top_k)s, %(coverage_passages)s)
),
-- How much of what the question asks about the best passages speak of at all.
covered as materialized (
    select sum(weight) filter (where found) as idf, nullif(sum(weight), 0) as all_idf
    from (
        select max(idf * weight) as weight,
               bool_or(term in (
                   select unnest(terms) from (select terms from fused limit %(coverage_passages)s) as best
               )) as found
        from question_term
        group by word
    ) as question_word
),
evidence as materialized (
    select coalesce(max(best.best_cosine), 0)::float8 as best_cosine,
           coalesce(max(covered.idf / covered.all_idf), 0)::float8 as coverage,
           coalesce(max(best.best_bm25 / covered.all_idf), 0)::float8 as best_bm25,
           coalesce(max((best.best_bm25 - best.mean_bm25) / covered.all_idf), 0)::float8 as margin
    from covered
    cross join (
        select (select max(plain_cosine) from scored) as best_cosine,
               max(bm25) as best_bm25, avg(bm25) as mean_bm25
        from (select bm25 from scored order by bm25 desc limit 10) as ten
    ) as best
)
select base.index_as_of, base.active_index, base.adapter_id,
       (select quantized from embedding_model where model_id = {model_id}) as quantized,
       base.languages, base.calibration, evidence.*,
       (select chunks from scope) <= %(exact_below)s or exists (select from scanned_candidate) as exact,
       fused.score, fused.cosine, fused.bm25, fused.document_id,
       base.fusion, fused.chunk_id, fused.by_meaning, fused.by_words, fused.by_document, fused.lexical,
       chunk.ordinal, chunk.text, chunk.heading_path, chunk.page, chunk.page_breaks, chunk.start_offset,
       chunk.content_hash, beside.chunks as beside,
       document.key, document.indexed_version_id, document.title, document.url
from base
cross join evidence
left join (
    fused
    join chunk on chunk.kb = %(kb)s and chunk.chunk_id = fused.chunk_id
    join document on document.kb = %(kb)s and document.document_id = fused.document_id
    -- The chunks before and after it in its section, for who reads on.
    cross join lateral (
        select coalesce(jsonb_agg(jsonb_build_object(
                   'ordinal', near.ordinal, 'page', near.page, 'page_breaks', near.page_breaks,
                   'start', near.start_offset, 'text', near.text,
                   'content_hash', encode(near.content_hash, 'hex')
               )), '[]') as chunks
        from chunk near
        where %(beside)s and near.kb = %(kb)s and near.index_id = %(index_id)s
          and near.document_id = fused.document_id
          and near.ordinal in (chunk.ordinal - 1, chunk.ordinal + 1)
          and near.heading_path = chunk.heading_path
    ) as beside
) on true
order by fused.score desc, fused.chunk_id
limit %(top_k)s
