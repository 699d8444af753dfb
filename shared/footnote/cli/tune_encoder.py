"""`footnote tune encoder`: an embedding model that was fine-tuned elsewhere, built and judged."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footnote.cli.output import AsJson, KnowledgeBase, errors, print_json, print_text
from footnote.cli.question_files import said

if TYPE_CHECKING:
    from footnote.embedding.build_encoder import BuiltEncoder


def encoder(
    folder: Annotated[
        Path,
        typer.Argument(
            exists=True, file_okay=False, help="What sentence-transformers saved: model.safetensors"
        ),
    ],
    knowledge_base: KnowledgeBase = "default",
    as_json: AsJson = False,
) -> None:
    """Build an encoder that you fine-tuned elsewhere, to be used as the local model is.

    The folder holds a BERT encoder as sentence-transformers saves it: safetensors, never a pickle.
    It is quantised as the local model is, compared with its weights, and kept beside it.
    """
    with said():
        built = _build(folder, silent=as_json)
    if as_json:
        print_json(_json(built))
        return
    _print(built, knowledge_base)


def _build(folder: Path, *, silent: bool) -> "BuiltEncoder":
    from footnote import bootstrap
    from footnote.embedding.build_encoder import build_encoder

    def report(line: str) -> None:
        if not silent:
            errors.print(line, style="dim", markup=False, highlight=False, soft_wrap=True)

    return build_encoder(folder, bootstrap.encoders(), report)


def _print(encoder: "BuiltEncoder", kb: str) -> None:
    built = encoder.built
    print_text(f"{built.model} is in {encoder.folder}")
    print_text(
        f"{built.dimension} floats; texts count up to their {built.max_tokens}th token;"
        f" {encoder.size / 1e6:.1f} MB. Cosine to the weights at full precision:"
        f" {encoder.lowest:.3f} at least, {encoder.mean:.3f} on average."
    )
    print_text(
        f"\nBuild an index with it beside the one that answers, compare, and switch:\n"
        f"  footnote reindex -k {kb} --embedding-model {built.model} --questions QUESTIONS\n"
        f"  footnote reindex -k {kb} --switch      # --back: as it was"
    )


def _json(encoder: "BuiltEncoder") -> dict[str, object]:
    return {
        "embedding_model": encoder.built.model,
        "folder": str(encoder.folder),
        "dimension": encoder.built.dimension,
        "max_tokens": encoder.built.max_tokens,
        "bytes": encoder.size,
        "lowest_cosine": encoder.lowest,
        "mean_cosine": encoder.mean,
    }
