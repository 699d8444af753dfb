"""How large a BERT encoder is, which tensors it has, and how it makes one vector of a text."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from footnote.embedding.model_folder import DIMENSION, MAX_TOKENS


class Pooling(StrEnum):
    """What becomes of the vectors of all tokens; the result is made a unit vector."""

    MEAN = "mean"
    CLS = "cls"


@dataclass(frozen=True, slots=True, kw_only=True)
class BertShape:
    """A BERT encoder (arXiv:1810.04805) with GELU by the error function.

    `width` is the length of its vectors, `inner` that of the layer between, and `positions` how
    many tokens it was made for; texts count up to their `max_tokens`th.
    """

    layers: int
    heads: int
    width: int
    inner: int
    vocabulary: int
    positions: int
    segments: int = 2
    epsilon: float = 1e-12
    pooling: Pooling = Pooling.MEAN
    max_tokens: int = MAX_TOKENS

    def tensors(self) -> dict[str, tuple[int, ...]]:
        """The shape of each tensor by the name that `transformers` saves it under."""
        return dict(self._tensors())

    def _tensors(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        rows = {
            "word": self.vocabulary,
            "position": self.positions,
            "token_type": self.segments,
        }
        for name, count in rows.items():
            yield f"embeddings.{name}_embeddings.weight", (count, self.width)
        yield from _norm("embeddings.LayerNorm", self.width)
        for layer in range(self.layers):
            prefix = f"encoder.layer.{layer}."
            for part in ("query", "key", "value"):
                yield from _dense(f"{prefix}attention.self.{part}", self.width, self.width)
            yield from _dense(f"{prefix}attention.output.dense", self.width, self.width)
            yield from _norm(f"{prefix}attention.output.LayerNorm", self.width)
            yield from _dense(f"{prefix}intermediate.dense", self.inner, self.width)
            yield from _dense(f"{prefix}output.dense", self.width, self.inner)
            yield from _norm(f"{prefix}output.LayerNorm", self.width)


def _dense(name: str, outputs: int, inputs: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (outputs, inputs)
    yield f"{name}.bias", (outputs,)


def _norm(name: str, width: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (width,)
    yield f"{name}.bias", (width,)


# The published all-MiniLM-L6-v2.
MINILM = BertShape(
    layers=6, heads=12, width=DIMENSION, inner=1536, vocabulary=30_522, positions=512
)
