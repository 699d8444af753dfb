"""All chunks of an index by another embedding model, searched without an index of their own."""

from collections.abc import Iterable, Sequence

import numpy as np

from footnote.domain.fusion import Weights
from footnote.tuning.fusion import reciprocal
from footnote.tuning.hybrid import Singles, document_rank
from footnote.tuning.neighbourhoods import AskedOf, Embeddings, Floats, laid_out


class EmbeddedCorpus:
    """Chunks by number with their documents' keys, grown a part at a time.

    Four bytes for each float: a hundred thousand chunks of 384 floats take 150 MB.
    """

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._keys: list[str] = []
        self._parts: list[Singles] = []

    def add(self, numbers: Iterable[int], keys: Iterable[str], vectors: Sequence[Floats]) -> None:
        """More chunks, in one order."""
        self._numbers += numbers
        self._keys += keys
        # As Postgres keeps them, in 16 bits.
        halves = np.array(vectors, dtype=np.float16).astype(np.float32)
        self._parts.append(halves / np.linalg.norm(halves, axis=1, keepdims=True))

    def nearest(self, vector: Floats, count: int) -> list[int]:
        """Numbers of the chunks that are nearest by the cosine, in no order."""
        cosines = self._rows() @ np.array(vector, dtype=np.float32)
        count = min(count, len(cosines))
        return [self._numbers[row] for row in np.argpartition(-cosines, count - 1)[:count]]

    def embeddings(self, numbers: Iterable[int]) -> Embeddings:
        """Those of these chunks, and of every document: the mean of its chunks."""
        rows, wanted = self._rows(), set(numbers)
        names = sorted(set(self._keys))
        at = {name: row for row, name in enumerate(names)}
        sums = np.zeros((len(names), rows.shape[1]), dtype=np.float32)
        np.add.at(sums, [at[key] for key in self._keys], rows)
        return Embeddings(
            chunks={
                number: rows[row].tolist()
                for row, number in enumerate(self._numbers)
                if number in wanted
            },
            documents={name: sums[row].tolist() for name, row in at.items()},
        )

    def _rows(self) -> Singles:
        if len(self._parts) > 1:
            self._parts = [np.concatenate(self._parts)]
        return self._parts[0]


def document_ranks(
    asked: Sequence[AskedOf], embeddings: Embeddings, each: int, weights: Weights
) -> list[int]:
    """Where the first right document stands for each question, by the whole search."""
    rows, embedded = laid_out(asked, embeddings, each, weights)
    return [
        document_rank(
            one,
            (embedded.chunks[one.chunks] @ one.vector).astype(np.float64),
            (embedded.documents[one.documents] @ one.vector).astype(np.float64),
            embedded,
        )
        for one in rows
    ]


def reciprocal_ranks(ranks: Sequence[int]) -> list[float]:
    """1 / rank; 0 where it was not found."""
    shares: list[float] = reciprocal(np.array(ranks, dtype=np.int64)).tolist()
    return shares
