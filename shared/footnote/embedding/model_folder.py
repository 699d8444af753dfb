"""Where local embedding models lie, what they are called, and which files make them up."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from footnote.domain.errors import ModelUnavailableError, SettingsError

# Weights on 7 bits, activations on 8: docs/decisions/0003-local-embedding-model.md. A change to
# `bert_graph` that moves vectors needs a new name here: embeddings are kept under it.
MODEL = "all-MiniLM-L6-v2-w7a8"
DIMENSION = 384
MAX_TOKENS = 256  # what the published model was trained with (its sentence_bert_config.json)

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"
# Encoders that were built of somebody's own weights are named after these and the same form.
_ENCODER = re.compile(r"[a-z0-9][a-z0-9-]{0,63}-[0-9a-f]{12}-w7a8", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltModel:
    """What a folder's manifest says; `figures` tells how an encoder's build went."""

    model: str
    dimension: int
    max_tokens: int
    figures: Mapping[str, float]


def default_model_dir() -> Path:
    """The user's cache folder for exactly this model, built or not."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    sources = f"{MODEL} {WEIGHTS_SHA256} {TOKENIZER_SHA256}"
    short_hash = hashlib.sha256(sources.encode()).hexdigest()[:8]
    return Path(cache) / "footnote" / "models" / f"{MODEL}-{short_hash}"


def is_complete(folder: Path) -> bool:
    """Whether a build has finished there; the manifest is written last."""
    return all((folder / name).is_file() for name in (MODEL_FILE, TOKENIZER_FILE, MANIFEST_FILE))


def encoders_dir(model_dir: Path) -> Path:
    """Where encoders lie, each in a folder of its name: beside the local model."""
    return model_dir.parent / "encoders"


def is_encoder(name: str) -> bool:
    """Whether a model is an encoder of somebody's own; its name is then one of a folder, too."""
    return _ENCODER.fullmatch(name) is not None


def is_local(name: str) -> bool:
    """Whether a model runs in this process, so that nothing is paid for and nobody is asked."""
    return name == MODEL or is_encoder(name)


def encoder_folder(name: str, encoders: Path) -> Path:
    """The folder of an encoder that was built.

    Raises:
        ModelUnavailableError: it is not here, and may be where it is looked for next.
    """
    folder = encoders / name
    if is_encoder(name) and is_complete(folder):
        return folder
    known = sorted(found.parent.name for found in encoders.glob(f"*/{MANIFEST_FILE}"))
    message = (
        f"the encoder {name} is not in {encoders}: build it there with `footnote tune encoder`, or"
        f" copy its folder; {', '.join(known) or 'none'} is there"
    )
    raise ModelUnavailableError(message)


def read_manifest(folder: Path) -> BuiltModel:
    """What the model in a folder is.

    Raises:
        SettingsError: the manifest is damaged.
    """
    try:
        told = json.loads((folder / MANIFEST_FILE).read_bytes())
        return BuiltModel(
            model=str(told["model"]),
            dimension=int(told["dimension"]),
            max_tokens=int(told["max_tokens"]),
            figures=dict(told.get("figures", {})),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{folder / MANIFEST_FILE} is damaged: delete the folder and build the model anew"
        raise SettingsError(message) from error


def manifest_of(
    built: BuiltModel, weights_sha256: str, files: Mapping[str, bytes]
) -> dict[str, object]:
    """What a manifest says of these files."""
    figures = {"figures": dict(built.figures)} if built.figures else {}
    return {
        "model": built.model,
        "dimension": built.dimension,
        "max_tokens": built.max_tokens,
        "weights_sha256": weights_sha256,
        "files_sha256": {n: hashlib.sha256(content).hexdigest() for n, content in files.items()},
        **figures,
    }


def write_atomically(path: Path, content: bytes) -> None:
    """Write a whole file or none."""
    import tempfile

    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    temporary = Path(file.name)
    temporary.chmod(0o644)  # a temporary file is its owner's alone, a layer's file is not
    temporary.replace(path)
