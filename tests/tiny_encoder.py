"""An encoder with made-up weights, saved as sentence-transformers saves one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from footnote.embedding.bert_shape import BertShape, Pooling

type Tensors = dict[str, NDArray[np.float32]]

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_WORDS = ("certificate", "router", "backup", "password", "night", "sales", "the", "is", "of", "how")
VOCABULARY = len(_SPECIAL) + 2 * len(_CHARACTERS) + len(_WORDS)
TINY = BertShape(
    layers=2,
    heads=4,
    width=32,
    inner=48,
    vocabulary=VOCABULARY,
    positions=40,
    epsilon=1e-6,
    max_tokens=40,
)


def random_weights(shape: BertShape, seed: int = 1) -> Tensors:
    """Large enough that every part of the graph tells in the vectors."""
    drawn = np.random.default_rng(seed)
    return {
        name: drawn.normal(
            1.0 if "LayerNorm.weight" in name else 0.0, 0.25 if "LayerNorm" in name else 0.5, size
        ).astype("f4")
        for name, size in shape.tensors().items()
    }


def save_encoder(
    folder: Path, shape: BertShape = TINY, weights: Tensors | None = None, kind: str = "F32"
) -> Path:
    """Write the folder and return it."""
    (folder / "1_Pooling").mkdir(parents=True, exist_ok=True)
    write_json(folder / "modules.json", modules())
    write_json(folder / "config.json", config(shape))
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": shape.max_tokens})
    pooling = {f"pooling_mode_{name}": False for name in ("max_tokens", "mean_sqrt_len_tokens")}
    pooling["pooling_mode_cls_token"] = shape.pooling is Pooling.CLS
    pooling["pooling_mode_mean_tokens"] = shape.pooling is Pooling.MEAN
    write_json(folder / "1_Pooling/config.json", pooling)
    tokenizer().save(str(folder / "tokenizer.json"))
    tensors = random_weights(shape) if weights is None else weights
    (folder / "model.safetensors").write_bytes(safetensors(tensors, kind))
    return folder


def modules(*kinds: str) -> list[dict[str, object]]:
    paths = {"Transformer": "", "Pooling": "1_Pooling", "Normalize": "2_Normalize"}
    return [
        {"idx": at, "name": str(at), "path": paths.get(kind, kind), "type": f"models.{kind}"}
        for at, kind in enumerate(kinds or ("Transformer", "Pooling", "Normalize"))
    ]


def config(shape: BertShape) -> dict[str, object]:
    return {
        "model_type": "bert",
        "hidden_act": "gelu",
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "hidden_size": shape.width,
        "intermediate_size": shape.inner,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.segments,
        "layer_norm_eps": shape.epsilon,
    }


def tokenizer() -> Tokenizer:
    """Letters and a few words, in lower case, between [CLS] and [SEP]."""
    pieces = (*_SPECIAL, *_CHARACTERS, *(f"##{one}" for one in _CHARACTERS), *_WORDS)
    made = Tokenizer(WordPiece({piece: at for at, piece in enumerate(pieces)}, unk_token="[UNK]"))
    made.normalizer = BertNormalizer(lowercase=True)
    made.pre_tokenizer = BertPreTokenizer()
    made.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


def safetensors(tensors: Mapping[str, NDArray[Any]], kind: str = "F32") -> bytes:
    """The format, written out: the header's length, the header, the numbers."""
    header: dict[str, object] = {}
    stored = b""
    for name, tensor in tensors.items():
        numbers = _STORED[kind](tensor)
        ends = [len(stored), len(stored) + len(numbers)]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": ends}
        stored += numbers
    told = json.dumps(header).encode()
    told += b" " * (-len(told) % 8)
    return len(told).to_bytes(8, "little") + told + stored


_STORED: dict[str, Callable[[NDArray[Any]], bytes]] = {
    "F32": lambda tensor: tensor.astype("<f4").tobytes(),
    "F16": lambda tensor: tensor.astype("<f2").tobytes(),
    "BF16": lambda tensor: (tensor.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes(),
    "I32": lambda tensor: tensor.astype("<i4").tobytes(),
}


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value))


def change_json(path: Path, **changes: object) -> None:
    write_json(path, json.loads(path.read_text()) | changes)


CLS = replace(TINY, pooling=Pooling.CLS, layers=3, heads=2, epsilon=1e-12, segments=1)
