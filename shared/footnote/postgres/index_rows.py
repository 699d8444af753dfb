"""A document as rows of the tables that search reads."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import fsum

from pgvector import HalfVector, SparseVector

from footnote.domain.generation import IndexedDocument
from footnote.retrieval.bm25 import TERM_SPACE, lexical_vector

# The types of the columns that `copy_chunks` and `copy_chunk_search` in index.sql name.
CHUNK_TYPES = [
    *("text", "int8", "int8", "text", "int4", "bytea", "text", "text[]"),
    *("int4", "int4[]", "int4", "int4"),
]
SEARCH_TYPES = ["text", "int8", "int8", "int2", "text", "halfvec", "int4[]", "sparsevec"]

type Identity = Mapping[str, object]


def mean_embedding(part: IndexedDocument) -> HalfVector:
    """What a document as a whole is about; the cosine does not mind that it is not a unit."""
    embeddings = (embedding for _, _, embedding in part.rows())
    return HalfVector([fsum(values) / len(part.chunks) for values in zip(*embeddings, strict=True)])


def chunk_rows(
    place: Identity, ids: Sequence[int], part: IndexedDocument
) -> Iterable[tuple[object, ...]]:
    """Rows for `copy_chunks`."""
    kb, index_id, document_id = place["kb"], place["index_id"], place["document_id"]
    for chunk_id, (chunk, hashed, _) in zip(ids, part.rows(), strict=True):
        path = list(chunk.heading_path)
        what = (chunk.ordinal, hashed, chunk.text, path)
        where = (chunk.page, list(chunk.page_breaks), chunk.start, chunk.end)
        yield (kb, chunk_id, index_id, document_id, *what, *where)


def search_rows(
    place: Identity,
    ids: Sequence[int],
    part: IndexedDocument,
    languages: Sequence[str],
    terms: Counter[int],
) -> Iterable[tuple[object, ...]]:
    """Rows for `copy_chunk_search`; what terms they hold is counted into `terms`."""
    index = part.index
    where = (index.index_id, index.model_id, place["document_id"])
    rows = zip(ids, languages, part.rows(), strict=True)
    for chunk_id, language, (chunk, _, embedding) in rows:
        words = lexical_vector(index.kb, part.names, chunk, language)
        weights = words.pairs | words.terms
        terms.update(words.terms.keys())
        # pgvector counts dimensions from 0 here and from 1 in its text form.
        lexical = SparseVector({term - 1: weight for term, weight in weights.items()}, TERM_SPACE)
        vector = HalfVector(list(embedding))
        yield (index.kb, chunk_id, *where, vector, sorted(words.terms), lexical)
