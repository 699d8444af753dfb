"""What an index tells of each question, laid out in rows for learning an adapter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from footnote.domain.fusion import Candidate, Weights
from footnote.tuning.folds import Source
from footnote.tuning.hybrid import Embedded, Neighbourhood, Singles

type Floats = Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOf:
    """A question with what its index chooses from, and which chunks and documents answer it."""

    source: Source
    vector: Floats
    candidates: Sequence[Candidate]
    gold_chunks: Sequence[int]
    gold_keys: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Embeddings:
    """Those of chunks by their number, and of whole documents by their key."""

    chunks: Mapping[int, Floats]
    documents: Mapping[str, Floats]


def laid_out(
    asked: Sequence[AskedOf], embeddings: Embeddings, each: int, weights: Weights
) -> tuple[list[Neighbourhood], Embedded]:
    """Rows instead of numbers and keys; what has no embedding any more is left out."""
    chunks = {number: row for row, number in enumerate(sorted(embeddings.chunks))}
    documents = {key: row for row, key in enumerate(sorted(embeddings.documents))}
    embedded = Embedded(
        chunks=np.array([embeddings.chunks[number] for number in chunks], dtype=np.float32),
        documents=_unit_rows([embeddings.documents[key] for key in documents]),
        each=each,
        weights=weights,
    )
    return [_neighbourhood(one, chunks, documents) for one in asked], embedded


def _unit_rows(vectors: Sequence[Floats]) -> Singles:
    """A document's is a mean of unit vectors, and so the shorter the more its chunks differ."""
    rows = np.array(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(lengths, lengths, 1), dtype=np.float32)


def _neighbourhood(
    asked: AskedOf, chunks: Mapping[int, int], documents: Mapping[str, int]
) -> Neighbourhood:
    candidates = sorted(
        (one for one in asked.candidates if one.chunk_id in chunks and one.key in documents),
        key=lambda one: one.chunk_id,
    )
    return Neighbourhood(
        source=asked.source,
        vector=np.array(asked.vector, dtype=np.float32),
        chunks=np.array([chunks[one.chunk_id] for one in candidates], dtype=np.intp),
        documents=np.array([documents[one.key] for one in candidates], dtype=np.intp),
        by_words=np.array([one.by_words for one in candidates], dtype=np.float64),
        right=np.array([one.key in asked.gold_keys for one in candidates], dtype=np.bool_),
        gold=np.array([chunks[one] for one in asked.gold_chunks if one in chunks], dtype=np.intp),
    )


def packed(rows: "np.typing.NDArray[np.float32]") -> bytes:
    """Little-endian floats of 4 bytes, row by row."""
    return rows.astype("<f4").tobytes()
