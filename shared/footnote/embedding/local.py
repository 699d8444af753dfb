"""Embeds on this machine's processor with onnxruntime: no service, no key, no torch."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footnote.domain.errors import SettingsError
from footnote.embedding.model_folder import (
    MAX_TOKENS,
    MODEL_FILE,
    TOKENIZER_FILE,
    is_complete,
    read_manifest,
)
from footnote.embedding.port import Vector

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Longer texts are cut before they are tokenised: tokens never reach that far in real text.
_CHARS_PER_TOKEN = 64
# One long text, or several short ones, per run: more of them no longer fit the processor's cache.
_BATCH_TOKENS = MAX_TOKENS
_TOKENIZED_TOGETHER = 64


class LocalEmbedder:
    """all-MiniLM-L6-v2, or an encoder of one's own, in int8.

    Texts count up to as many tokens as the model's manifest says, 256 for all-MiniLM-L6-v2.

    Each thread runs its own batches on one core, which beats sharing one batch between the cores.
    """

    def __init__(self, model_dir: Path, threads: int | None = None) -> None:
        """Load the model that `build_local_model` or `build_encoder` wrote.

        Raises:
            SettingsError: there is none in `model_dir`, or it is damaged.
        """
        if not is_complete(model_dir):
            raise SettingsError(
                f"no embedding model in {model_dir}: run `make setup`, or"
                f" `python -m footnote.embedding.build_local_model --output {model_dir}`"
            )
        built = read_manifest(model_dir)
        self.model, self.dimension = built.model, built.dimension
        self._max_chars = _CHARS_PER_TOKEN * built.max_tokens
        self._tokenizer = _load_tokenizer(model_dir / TOKENIZER_FILE, built.max_tokens)
        self._session = _load_session(model_dir / MODEL_FILE)
        self._threads = threads or os.cpu_count() or 1

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One unit vector per text, in order; safe to call from several threads."""
        groups = list(batched(texts, _TOKENIZED_TOGETHER))
        tokens = [ids for group in self._map(self._tokenize, groups) for ids in group]
        # Neighbours in length share a batch, so that little of it is padding.
        order = sorted(range(len(tokens)), key=lambda index: len(tokens[index]), reverse=True)
        batches = list(_batches([tokens[index] for index in order]))
        vectors = [vector for batch in self._map(self._run, batches) for vector in batch]
        by_index = dict(zip(order, vectors, strict=True))
        return [by_index[index] for index in range(len(texts))]

    def _map[Item, Result](
        self, function: Callable[[Item], Result], items: list[Item]
    ) -> Iterable[Result]:
        # A single question pays for no thread; none outlives the call, so that forking stays safe.
        if len(items) <= 1 or self._threads == 1:
            return map(function, items)
        with ThreadPoolExecutor(min(self._threads, len(items))) as pool:
            return pool.map(function, items)

    def _tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        return [self._tokenizer.encode(self._well_formed(text)).ids for text in texts]

    def _well_formed(self, text: str) -> str:
        """A bounded text without lone surrogates, which the tokenizer cannot take."""
        return text[: self._max_chars].encode(errors="replace").decode()

    def _run(self, token_ids: list[list[int]]) -> list[Vector]:
        import numpy as np

        width = len(token_ids[0])
        ids = np.zeros((len(token_ids), width), dtype=np.int32)
        mask = np.zeros_like(ids)
        for row, sequence in enumerate(token_ids):
            ids[row, : len(sequence)] = sequence
            mask[row, : len(sequence)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask}
        vectors: list[Vector] = self._session.run(None, inputs)[0].tolist()
        return vectors


def _batches(token_ids: list[list[int]]) -> Iterator[list[list[int]]]:
    """Runs of sequences, longest first, whose padded size stays within the bound."""
    start = 0
    while start < len(token_ids):
        count = max(1, _BATCH_TOKENS // len(token_ids[start]))
        yield token_ids[start : start + count]
        start += count


def _load_tokenizer(path: Path, max_tokens: int) -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _load_session(path: Path) -> Any:
    import onnxruntime as ort  # type: ignore[import-untyped]

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The graph is written as it should run: the fusions of higher levels make it slower.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
