"""An encoder that was built and judged, for people and for programs."""

from typing import TYPE_CHECKING, Any

from footnote.cli.output import console, plain_table, print_text
from footnote.domain.search_index import CHUNK_CHARS

if TYPE_CHECKING:
    from footnote.embedding.build_encoder import BuiltEncoder
    from footnote.judge_encoder import EncoderTrial


def print_encoder(
    encoder: "BuiltEncoder",
    trial: "EncoderTrial | None",
    *,
    kb: str,
    told_what_it_learned: bool,
) -> None:
    """What was built, how it was judged, and what to do next."""
    built = encoder.built
    print_text(f"{built.model} is in {encoder.folder}")
    print_text(
        f"{built.dimension} floats; texts count up to their {built.max_tokens}th token;"
        f" {encoder.size / 1e6:.1f} MB. Cosine to the weights at full precision:"
        f" {encoder.lowest:.3f} at least, {encoder.mean:.3f} on average.\n"
    )
    if trial is None:
        print_text("It is not judged: give a question set to see whether it finds more.")
    else:
        _print_trial(trial, told_what_it_learned=told_what_it_learned)
        if not trial.verdict.promoted:
            return
    chunk_chars = trial.index.form.chunk_chars if trial else CHUNK_CHARS
    size = "" if chunk_chars == CHUNK_CHARS else f" --chunk-chars {chunk_chars}"
    print_text(
        "\nBuild an index with it beside the one that answers, and switch; what it embedded here is"
        " not embedded again:\n"
        f"  footnote reindex -k {kb} --embedding-model {built.model}{size}\n"
        f"  footnote reindex -k {kb} --switch      # --back: as it was\n"
        "Declining then goes by words alone until `footnote tune retrieval` fits a calibration."
    )


def _print_trial(trial: "EncoderTrial", *, told_what_it_learned: bool) -> None:
    from footnote.cli.tuned import add_figures

    table = plain_table("the whole search", "as it is", "by the encoder", "gain", "95 %", "")
    add_figures(table, trial.judged)
    console.print(table)
    left_out = f"; {trial.left_out} left out, whose documents are not there"
    leaked = f"; {len(trial.verdict.leaked)} left out, which it learned from"
    print_text(
        f"\n{trial.questions} answerable questions of {trial.documents} documents"
        f"{left_out if trial.left_out else ''}{leaked if trial.verdict.leaked else ''};"
        f" {trial.chunks} chunks.",
        "dim",
    )
    if not told_what_it_learned:
        print_text(
            "What it learned from is not known here: give --learned-from, or questions about"
            " documents that it never saw. Else a gain may be memory.",
            "dim",
        )
    if trial.verdict.promoted:
        print_text(f"Better: {trial.verdict.reason}.")
    else:
        print_text(
            f"Not promoted, {trial.verdict.reason}. {trial.index.form.model} goes on answering."
        )


def as_json_value(encoder: "BuiltEncoder", trial: "EncoderTrial | None") -> dict[str, Any]:
    """The same for programs."""
    value: dict[str, Any] = {
        "embedding_model": encoder.built.model,
        "folder": str(encoder.folder),
        "dimension": encoder.built.dimension,
        "max_tokens": encoder.built.max_tokens,
        "bytes": encoder.size,
        "lowest_cosine": encoder.lowest,
        "mean_cosine": encoder.mean,
    }
    return value | {"judged": None if trial is None else _trial_json(trial)}


def _trial_json(trial: "EncoderTrial") -> dict[str, Any]:
    from footnote.cli.tuned import figure_json

    return {
        "knowledge_base": trial.index.kb,
        "against": trial.index.form.model,
        "chunk_chars": trial.index.form.chunk_chars,
        "questions": trial.questions,
        "documents": trial.documents,
        "left_out": trial.left_out,
        "leaked": list(trial.verdict.leaked),
        "chunks": trial.chunks,
        "figures": [figure_json(one) for one in trial.judged],
        "decision": trial.verdict.decision,
        "reason": trial.verdict.reason,
        "better": trial.verdict.promoted,
    }
