"""Weights of an encoder from safetensors, each tensor as its shape says, in 32 bits and finite."""

from collections.abc import Callable, Mapping, Set
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footnote.domain.errors import UnprocessableError
from footnote.embedding.bert_shape import BertShape

type Weights = dict[str, NDArray[np.float32]]

_LARGEST_FILE = 2_000_000_000
# Saved with every BERT, and no part of what makes a vector.
_UNUSED = frozenset(
    {"pooler.dense.weight", "pooler.dense.bias", "embeddings.position_ids", "position_ids"}
)
_NAMED = 3


def _of_bfloat16(stored: bytes) -> NDArray[np.float32]:
    """The upper half of a float of 32 bits."""
    return (np.frombuffer(stored, "<u2").astype("<u4") << 16).view("<f4")


_FLOATS: Mapping[str, Callable[[bytes], NDArray[Any]]] = {
    "F32": lambda stored: np.frombuffer(stored, "<f4"),
    "F16": lambda stored: np.frombuffer(stored, "<f2"),
    "BF16": _of_bfloat16,
}


def read_weights(path: Path, shape: BertShape) -> Weights:
    """Every tensor that the shape names; nothing else may be there that would change vectors.

    Raises:
        UnprocessableError: tensors are missing, unknown, of another shape or kind, or not finite.
    """
    import safetensors

    if path.stat().st_size > _LARGEST_FILE:
        raise UnprocessableError(f"{path} is larger than {_LARGEST_FILE // 10**9} GB")
    try:
        read: Any = safetensors.deserialize  # without types
        stored: dict[str, Mapping[str, Any]] = dict(read(path.read_bytes()))
    except safetensors.SafetensorError as error:
        message = f"{path} is no safetensors file, or only a part of one: {error}"
        raise UnprocessableError(message) from error
    wanted = shape.tensors()
    _check_names(path, stored.keys() - _UNUSED, wanted.keys())
    return {name: _tensor(path, name, stored.pop(name), wanted[name]) for name in wanted}


def _check_names(path: Path, found: Set[str], wanted: Set[str]) -> None:
    if missing := sorted(wanted - found):
        hint = "the config.json beside it is of another model"
        if found and all(name.partition(".")[0] not in ("embeddings", "encoder") for name in found):
            hint = "save the encoder alone, without a head or a wrapper around it"
        raise UnprocessableError(f"{path} lacks {_some(missing)}: {hint}")
    if unknown := sorted(found - wanted):
        message = (
            f"{path} also holds {_some(unknown)}, which no BERT encoder has: merge adapters such as"
            " LoRA into the weights, and save the encoder without a head"
        )
        raise UnprocessableError(message)


def _tensor(
    path: Path, name: str, stored: Mapping[str, Any], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    kind, found = stored["dtype"], tuple(stored["shape"])
    if kind not in _FLOATS:
        message = f"{name} in {path} is {kind}: save it as one of {', '.join(_FLOATS)}"
        raise UnprocessableError(message)
    if found != shape:
        message = f"{name} in {path} is {_sizes(found)}, by config.json it is {_sizes(shape)}"
        raise UnprocessableError(message)
    tensor = _FLOATS[kind](bytes(stored["data"])).astype(np.float32).reshape(shape)
    if not np.isfinite(tensor).all():
        message = (
            f"{name} in {path} holds numbers that are not finite: the training went wrong, take an"
            " earlier checkpoint"
        )
        raise UnprocessableError(message)
    return tensor


def _sizes(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "a single number"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
