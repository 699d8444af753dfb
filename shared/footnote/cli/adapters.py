"""Query adapters as a table for people and as values for programs."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from footnote.cli.output import console, plain_table, print_json, print_text
from footnote.domain.query_adapter import KeptAdapter

if TYPE_CHECKING:
    from footnote.tune_embeddings import EmbeddingTuning


def print_learned(
    tuning: "EmbeddingTuning", seed: int, number: int | None, *, as_json: bool
) -> None:
    """What was learned and how it was judged; `number` is that of what was put in force."""
    from footnote.cli.tuned import add_figures

    if as_json:
        print_json(_learned_json(tuning, seed, number))
        return
    table = plain_table("held out", "as it is", "adapted", "gain", "95 % interval", "")
    add_figures(table, tuning.report.judged)
    console.print(table)
    left_out = f"; {tuning.left_out} left out, whose documents are not there"
    print_text(
        f"\n{tuning.questions} answerable questions of {tuning.documents} documents"
        f"{left_out if tuning.left_out else ''}. Pull: {_told(tuning.report.pull)};"
        f" chosen in folds: {_spread(tuning.report.pulls)}. Seed {seed}.",
        "dim",
    )
    print_text(_verdict(tuning, number))


def print_adapters(kb: str, adapters: Sequence[KeptAdapter], *, as_json: bool) -> None:
    """Every adapter of a knowledge base."""
    if as_json:
        print_json({"knowledge_base": kb, "adapters": [_kept_json(one) for one in adapters]})
        return
    if not adapters:
        print_text(f"{kb} has no adapter: questions are searched for by their embeddings.")
        return
    heads = ("adapter", "embedding model", "questions", "gain in MRR", "learned", "in force")
    table = plain_table(*heads)
    for one in adapters:
        learned, in_force = f"{one.created_at:%Y-%m-%d %H:%M}", "yes" if one.active else ""
        table.add_row(str(one.number), one.model, str(one.questions), _gain(one), learned, in_force)
    console.print(table)


def _verdict(tuning: "EmbeddingTuning", number: int | None) -> str:
    if tuning.report.map is None:
        return "No map does better than none, even on folds of all questions: nothing is changed."
    if tuning.learned is None:
        return f"Not put in force, {tuning.report.verdict.reason}; nothing is changed."
    if number is None:
        return f"Would be put in force: {tuning.report.verdict.reason}."
    return (
        f"Adapter {number} is in force from the next question on: {tuning.report.verdict.reason}."
    )


def _gain(adapter: KeptAdapter) -> str:
    gain, low, high = (adapter.figures.get(name) for name in ("gain", "low", "high"))
    if gain is None or low is None or high is None:
        return ""
    return f"{gain:+.3f} ({low:+.3f} to {high:+.3f})"


def _told(pull: float) -> str:
    return "none does better" if math.isinf(pull) else f"{pull:g}"


def _spread(pulls: Iterable[float]) -> str:
    counts = Counter(pulls)
    return ", ".join(
        f"{'none' if math.isinf(pull) else f'{pull:g}'} ({counts[pull]} times)"
        for pull in sorted(counts, reverse=True)
    )


def _learned_json(tuning: "EmbeddingTuning", seed: int, number: int | None) -> dict[str, Any]:
    from footnote.cli.tuned import figure_json

    report = tuning.report
    return {
        "knowledge_base": tuning.index.kb,
        "embedding_model": tuning.index.form.model,
        "seed": seed,
        "questions": tuning.questions,
        "documents": tuning.documents,
        "left_out": tuning.left_out,
        "pull": _number(report.pull),
        "pulls_in_folds": [_number(pull) for pull in report.pulls],
        "figures": [figure_json(one) for one in report.judged],
        "decision": report.verdict.decision,
        "reason": report.verdict.reason,
        "better": report.better,
        "adapter": number,
    }


def _number(pull: float) -> float | None:
    return None if math.isinf(pull) else pull


def _kept_json(adapter: KeptAdapter) -> dict[str, Any]:
    return {
        "adapter": adapter.number,
        "embedding_model": adapter.model,
        "directions": adapter.directions,
        "questions": adapter.questions,
        "pull": adapter.pull,
        "figures": dict(adapter.figures),
        "replaced": adapter.replaced,
        "created_at": adapter.created_at.isoformat(),
        "active": adapter.active,
    }
