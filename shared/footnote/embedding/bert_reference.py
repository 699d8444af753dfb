"""A BERT encoder in plain numpy at full precision: what a built graph is compared with.

Written from the BERT paper and the published weights, without sight of the ONNX graph.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from footnote.embedding.bert_shape import BertShape, Pooling

type Floats = NDArray[np.float64]

# Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 7.1.26: within 1.5e-7.
_P = 0.3275911
_POLYNOMIAL = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592, 0.0)


class BertReference:
    """Embeds one text at a time, slowly and exactly."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], shape: BertShape) -> None:
        self._weights = weights
        self._shape = shape

    def vector(self, ids: Sequence[int]) -> Floats:
        """The unit vector of a text's tokens."""
        words = self._get("embeddings.word_embeddings.weight", list(ids))
        positions = self._get("embeddings.position_embeddings.weight", slice(len(ids)))
        segment = self._get("embeddings.token_type_embeddings.weight", 0)
        hidden = self._norm(words + positions + segment, "embeddings.LayerNorm")
        for layer in range(self._shape.layers):
            hidden = self._layer(hidden, f"encoder.layer.{layer}.")
        cls = self._shape.pooling is Pooling.CLS
        pooled: Floats = hidden[0] if cls else hidden.mean(axis=0)
        return pooled / np.linalg.norm(pooled)

    def _layer(self, hidden: Floats, prefix: str) -> Floats:
        attended = self._dense(self._attention(hidden, prefix), f"{prefix}attention.output.dense")
        hidden = self._norm(hidden + attended, f"{prefix}attention.output.LayerNorm")
        inner = self._dense(hidden, f"{prefix}intermediate.dense")
        inner = inner * 0.5 * (1 + _erf(inner / math.sqrt(2)))
        outer = self._dense(inner, f"{prefix}output.dense")
        return self._norm(hidden + outer, f"{prefix}output.LayerNorm")

    def _attention(self, hidden: Floats, prefix: str) -> Floats:
        heads, size = self._shape.heads, self._shape.width // self._shape.heads
        query, key, value = (
            self._dense(hidden, f"{prefix}attention.self.{part}")
            .reshape(-1, heads, size)
            .swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / math.sqrt(size)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        return (weights @ value).swapaxes(0, 1).reshape(hidden.shape)

    def _dense(self, hidden: Floats, name: str) -> Floats:
        product: Floats = hidden @ self._get(f"{name}.weight").T + self._get(f"{name}.bias")
        return product

    def _norm(self, hidden: Floats, name: str) -> Floats:
        centred = hidden - hidden.mean(axis=-1, keepdims=True)
        spread = (centred**2).mean(axis=-1, keepdims=True)
        normed: Floats = centred / np.sqrt(spread + self._shape.epsilon)
        return normed * self._get(f"{name}.weight") + self._get(f"{name}.bias")

    def _get(self, name: str, rows: slice | int | list[int] = slice(None)) -> Floats:
        return self._weights[name][rows].astype(np.float64)


def _erf(values: Floats) -> Floats:
    t = 1 / (1 + _P * np.abs(values))
    near = 1 - np.polyval(_POLYNOMIAL, t) * np.exp(-(values**2))
    signed: Floats = np.copysign(near, values).astype(np.float64)
    return signed
