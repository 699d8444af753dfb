"""Builds an encoder of somebody's own weights in the form of the local model, without torch."""

import hashlib
import json
import math
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footnote.domain.errors import SettingsError, UnprocessableError
from footnote.embedding.encoder_folder import EncoderFolder, read_encoder_folder
from footnote.embedding.local import LocalEmbedder
from footnote.embedding.model_folder import (
    MANIFEST_FILE,
    MODEL_FILE,
    TOKENIZER_FILE,
    BuiltModel,
    is_complete,
    manifest_of,
    read_manifest,
    write_atomically,
)

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# What the quantised graph may lose. All-MiniLM-L6-v2 keeps .995; a graph that computes something
# else than the weights say falls far below.
LOWEST_COSINE = 0.95
# Texts of several lengths and kinds, that the built graph and the weights are compared on.
SAMPLE = (
    "How do I rotate the TLS certificate of the ingress router?",
    "Reset the password",
    "oc adm policy add-scc-to-user anyuid -z default && kubectl get pods --all-namespaces",
    "Total net sales were $89,498 million, an increase of 8% (2022: $82,959 million).",
    "Die Sicherung läuft jede Nacht um drei Uhr und wird dreißig Tage lang aufbewahrt.",
    "Les notes de frais sont remboursées à la fin du mois suivant.",
    "The committee adjourned without a vote. " * 12,
    "Backups are kept for thirty days. A copy goes to another region every night, and the oldest"
    " one is deleted as soon as the new one was read back and its checksum is right.",
    "| product | price | in stock |\n| router | 129.00 | yes |\n| switch | 89.50 | no |",
    "z",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltEncoder:
    """An encoder that is built; `lowest` and `mean` are cosines to the weights as they are."""

    built: BuiltModel
    folder: Path
    size: int

    @property
    def lowest(self) -> float:
        """That of the text which lost most."""
        return self.built.figures["lowest_cosine"]

    @property
    def mean(self) -> float:
        """Of the texts that they were compared on."""
        return self.built.figures["mean_cosine"]


def build_encoder(folder: Path, into: Path, report: Callable[[str], None]) -> BuiltEncoder:
    """Build what was saved in `folder` into a folder of its own in `into`, whole or not at all.

    Its name says which weights it has: the same ones are built once.

    Raises:
        UnprocessableError: the folder holds no encoder that can be built.
        SettingsError: the tools to build with are not installed.
    """
    _check_installed()
    saved = read_encoder_folder(folder)
    report(f"checking the tokenizer and {saved.weights}")
    tokenizer = _tokenizer(saved)
    weights_sha256 = _digest_of(saved.weights)
    name = _name(saved, weights_sha256, saved.tokenizer.read_bytes())
    target = into / name
    if not is_complete(target):
        _build(saved, tokenizer, weights_sha256, target, report)
    size = sum(file.stat().st_size for file in target.iterdir())
    return BuiltEncoder(built=read_manifest(target), folder=target, size=size)


def _check_installed() -> None:
    if not (find_spec("onnx") and find_spec("safetensors")):
        message = "building an encoder needs the group `model`: uv sync --all-extras --group model"
        raise SettingsError(message)


def _build(
    saved: EncoderFolder,
    tokenizer: "Tokenizer",
    weights_sha256: str,
    target: Path,
    report: Callable[[str], None],
) -> None:
    from footnote.embedding.bert_graph import build_graph
    from footnote.embedding.bert_reference import BertReference
    from footnote.embedding.encoder_weights import read_weights

    weights = read_weights(saved.weights, saved.shape)
    report("writing and quantising the graph")
    graph: bytes = build_graph(weights, saved.shape).SerializeToString()
    files = {MODEL_FILE: graph, TOKENIZER_FILE: saved.tokenizer.read_bytes()}
    shape = saved.shape
    built = BuiltModel(
        model=target.name, dimension=shape.width, max_tokens=shape.max_tokens, figures={}
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch, target.name)
        made.mkdir()
        _write(made, built, weights_sha256, files)
        report(f"comparing {len(SAMPLE)} texts with the weights at full precision")
        tokenizer.enable_truncation(shape.max_tokens)
        reference = BertReference(weights, shape)
        exact = [reference.vector(tokenizer.encode(text).ids).tolist() for text in SAMPLE]
        figures = _compared(exact, LocalEmbedder(made).embed(SAMPLE))
        _write(made, replace(built, figures=figures), weights_sha256, files)
        shutil.rmtree(target, ignore_errors=True)  # what an earlier version left half done
        made.rename(target)


def _write(
    folder: Path, built: BuiltModel, weights_sha256: str, files: Mapping[str, bytes]
) -> None:
    manifest = json.dumps(manifest_of(built, weights_sha256, files), indent=2).encode() + b"\n"
    for name, content in {**files, MANIFEST_FILE: manifest}.items():
        write_atomically(folder / name, content)


def _compared(
    exact: Sequence[Sequence[float]], built: Sequence[Sequence[float]]
) -> dict[str, float]:
    """How near the built graph's vectors are to those of the weights.

    Raises:
        UnprocessableError: too far from them.
    """
    cosines = [math.sumprod(one, other) for one, other in zip(exact, built, strict=True)]
    lowest = min(cosines)
    if not lowest >= LOWEST_COSINE:  # so that NaN is refused as well
        message = (
            f"in 8 bits the vectors lose too much: the lowest cosine to those of the weights is"
            f" {lowest:.3f}, {LOWEST_COSINE} is needed. Serve the encoder by an endpoint for hosted"
            " embeddings"
        )
        raise UnprocessableError(message)
    return {"lowest_cosine": lowest, "mean_cosine": math.fsum(cosines) / len(cosines)}


def _tokenizer(saved: EncoderFolder) -> "Tokenizer":
    """The tokenizer, where it fits the vocabulary.

    Raises:
        UnprocessableError: it is damaged, or that of another model.
    """
    from tokenizers import Tokenizer

    path = saved.tokenizer
    try:
        tokenizer: Any = Tokenizer.from_file(str(path))
    except Exception as error:  # it raises nothing narrower
        raise UnprocessableError(f"{path} is no tokenizer that can be read: {error}") from error
    tokenizer.no_padding()
    largest = max(tokenizer.get_vocab(with_added_tokens=True).values(), default=0)
    if largest >= saved.shape.vocabulary:
        message = (
            f"{path} is of another model: it has tokens up to number {largest}, and config.json"
            f" {saved.shape.vocabulary} of them"
        )
        raise UnprocessableError(message)
    upper, lower = (tokenizer.encode(text).ids for text in ("Zürich IS Here", "zürich is here"))
    if saved.lower_case and upper != lower:
        message = (
            f"do_lower_case is set in sentence_bert_config.json, but {path} keeps capitals: save a"
            " tokenizer that lowers them"
        )
        raise UnprocessableError(message)
    if not lower:
        raise UnprocessableError(f"{path} makes no tokens of words")
    return tokenizer  # type: ignore[no-any-return]


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _name(saved: EncoderFolder, weights_sha256: str, tokenizer: bytes) -> str:
    """One name for each way to make vectors: weights, tokens, and what is done with them."""
    parts = (weights_sha256, hashlib.sha256(tokenizer).hexdigest(), repr(saved.shape))
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
    return f"{saved.name}-{digest}-w7a8"
