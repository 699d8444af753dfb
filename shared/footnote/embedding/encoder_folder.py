"""Reads a folder that sentence-transformers saved an encoder in, and believes nothing unchecked.

Only JSON and safetensors are ever opened: a pickle (`.bin`, `.pt`) runs code of whoever made it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from footnote.domain.errors import UnprocessableError
from footnote.embedding.bert_shape import BertShape, Pooling

WEIGHTS_FILE = "model.safetensors"
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
_LARGEST_JSON = 64 * 2**20
_SAVE_ANEW = "save it once more with SentenceTransformer.save(FOLDER)"
_PLACE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*|", re.ASCII)
# What becomes of a text between the last token and the vector.
_KNOWN_MODULES = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])


class _Config(BaseModel):
    model_type: str
    hidden_act: str = "gelu"
    position_embedding_type: str | None = "absolute"
    is_decoder: bool = False
    auto_map: dict[str, Any] | None = None
    num_hidden_layers: int = Field(ge=1, le=24)
    num_attention_heads: int = Field(ge=1, le=64)
    hidden_size: int = Field(ge=1, le=1024)
    intermediate_size: int = Field(ge=1, le=4096)
    vocab_size: int = Field(ge=1, le=300_000)
    max_position_embeddings: int = Field(ge=2, le=8192)
    type_vocab_size: int = Field(2, ge=1, le=16)
    layer_norm_eps: float = Field(1e-12, gt=0, le=1e-3)


class _Module(BaseModel):
    path: str
    type: str


class _PoolingConfig(BaseModel, extra="allow"):
    pooling_mode: str = ""

    def modes(self) -> list[str]:
        """Those that are in use; older files have a switch for each."""
        if self.pooling_mode:
            return [self.pooling_mode]
        switches = self.model_extra or {}
        return [
            name.removeprefix("pooling_mode_").removesuffix("_tokens").removesuffix("_token")
            for name, on in sorted(switches.items())
            if name.startswith("pooling_mode_") and on is True
        ]


class _Length(BaseModel):
    max_seq_length: int | None = Field(None, ge=2)
    do_lower_case: bool = False


class _Prompts(BaseModel):
    prompts: dict[str, str] = {}
    default_prompt_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderFolder:
    """An encoder as it was saved; its weights and tokenizer are files that are there."""

    name: str
    shape: BertShape
    weights: Path
    tokenizer: Path
    lower_case: bool


def read_encoder_folder(folder: Path) -> EncoderFolder:
    """What was saved there; weights and tokenizer are not read yet.

    Raises:
        UnprocessableError: it is no encoder that can be built; says why and what to do.
    """
    if not folder.is_dir():
        raise UnprocessableError(f"{folder} is no folder with an encoder")
    modules = _modules(folder)
    inner = folder / modules[0].path
    config = _read(inner / "config.json", _Config.model_validate_json)
    _check_config(config, inner / "config.json")
    length = _read_if_there(inner / "sentence_bert_config.json", _Length)
    _check_prompts(folder / "config_sentence_transformers.json")
    shape = BertShape(
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        width=config.hidden_size,
        inner=config.intermediate_size,
        vocabulary=config.vocab_size,
        positions=config.max_position_embeddings,
        segments=config.type_vocab_size,
        epsilon=config.layer_norm_eps,
        pooling=_pooling(folder / modules[1].path / "config.json"),
        max_tokens=min(config.max_position_embeddings, length.max_seq_length or 512),
    )
    return EncoderFolder(
        name=_name(folder),
        shape=shape,
        weights=_weights(inner),
        tokenizer=_tokenizer(inner),
        lower_case=length.do_lower_case,
    )


def _modules(folder: Path) -> list[_Module]:
    path = folder / "modules.json"
    if not path.is_file():
        _refuse_pickles(folder)
        message = (
            f"{path} is missing, so how the vectors of tokens become one is not known: {_SAVE_ANEW}"
        )
        raise UnprocessableError(message)
    modules = _read(path, TypeAdapter(list[_Module]).validate_json)
    kinds = [one.type.rpartition(".")[2] for one in modules]
    if kinds not in _KNOWN_MODULES:
        message = (
            f"{path} names the modules {', '.join(kinds) or 'none'}; an encoder is built of"
            " Transformer, Pooling and, at the end or not, Normalize"
        )
        raise UnprocessableError(message)
    for module in modules:
        if not _PLACE.fullmatch(module.path):
            raise UnprocessableError(f"{path} names {module.path!r}, which is no folder beside it")
    return modules


def _check_config(config: _Config, path: Path) -> None:
    """That it is the BERT that the graph is written for.

    Raises:
        UnprocessableError: it is another one.
    """
    if config.model_type != "bert" or config.is_decoder or config.auto_map:
        kind = "a decoder" if config.is_decoder else f"a model of type {config.model_type}"
        if config.auto_map:
            kind = "a model with code of its own (auto_map), which is never run"
        message = (
            f"{path} is of {kind}; encoders are built of type bert (all-MiniLM, bge, e5, gte of up"
            " to 24 layers and 1,024 floats). Serve others by an endpoint for hosted embeddings"
        )
        raise UnprocessableError(message)
    if config.hidden_act != "gelu" or config.position_embedding_type not in (None, "absolute"):
        message = (
            f"{path} has hidden_act {config.hidden_act} and position_embedding_type"
            f" {config.position_embedding_type}; only gelu and absolute are built"
        )
        raise UnprocessableError(message)
    if config.hidden_size % config.num_attention_heads:
        message = (
            f"{path} is damaged: {config.hidden_size} floats cannot be shared out to"
            f" {config.num_attention_heads} heads"
        )
        raise UnprocessableError(message)


def _pooling(path: Path) -> Pooling:
    modes = _read(path, _PoolingConfig.model_validate_json).modes()
    if modes not in (["mean"], ["cls"]):
        message = f"{path} pools by {' and '.join(modes) or 'nothing'}; only mean or cls are built"
        raise UnprocessableError(message)
    return Pooling(modes[0])


def _check_prompts(path: Path) -> None:
    """Texts are embedded as they stand, so an encoder that wants words before them is another one.

    Raises:
        UnprocessableError: it wants some.
    """
    prompts = {name: text for name, text in _read_if_there(path, _Prompts).prompts.items() if text}
    if prompts:
        name, text = min(prompts.items())
        message = (
            f"{path} has a prompt, {name}: {text!r}. Footnote puts nothing before texts: fine-tune"
            " and save the encoder without prompts"
        )
        raise UnprocessableError(message)


def _weights(folder: Path) -> Path:
    path = folder / WEIGHTS_FILE
    if path.is_file():
        return path
    if (folder / f"{WEIGHTS_FILE}.index.json").exists():
        message = f"the weights in {folder} are in several files: save them as one, {WEIGHTS_FILE}"
        raise UnprocessableError(message)
    _refuse_pickles(folder)
    raise UnprocessableError(f"{path} is missing: {_SAVE_ANEW}")


def _refuse_pickles(folder: Path) -> None:
    pickles = sorted(found.name for kind in _PICKLES for found in folder.glob(kind))
    if pickles and not (folder / WEIGHTS_FILE).is_file():
        message = (
            f"{folder / pickles[0]} is a pickle, which may run code when it is read, so it never"
            f" is: where you trust it, {_SAVE_ANEW}, which writes {WEIGHTS_FILE}"
        )
        raise UnprocessableError(message)


def _tokenizer(folder: Path) -> Path:
    path = folder / "tokenizer.json"
    if not path.is_file():
        message = (
            f"{path} is missing: save the fast tokenizer beside the weights, with"
            " AutoTokenizer.from_pretrained(FOLDER, use_fast=True).save_pretrained(FOLDER)"
        )
        raise UnprocessableError(message)
    if path.stat().st_size > _LARGEST_JSON:
        raise UnprocessableError(f"{path} is larger than {_LARGEST_JSON // 2**20} MB")
    return path


def _read_if_there[Kind: BaseModel](path: Path, kind: type[Kind]) -> Kind:
    return _read(path, kind.model_validate_json) if path.is_file() else kind()


def _read[Kind](path: Path, parse: Callable[[bytes], Kind]) -> Kind:
    try:
        if path.stat().st_size > _LARGEST_JSON:
            raise UnprocessableError(f"{path} is larger than {_LARGEST_JSON // 2**20} MB")
        return parse(path.read_bytes())
    except OSError as error:
        raise UnprocessableError(f"{path} cannot be read: {_SAVE_ANEW}") from error
    except ValidationError as error:
        raise UnprocessableError(f"{path} is not as it should be: {_first(error)}") from error


def _first(error: ValidationError) -> str:
    first: dict[str, Any] = dict(error.errors(include_url=False)[0])
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])


def _name(folder: Path) -> str:
    """The folder's own name, as far as it may stand in the name of a model."""
    plain = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")[:40].strip("-")
    return plain or "encoder"
