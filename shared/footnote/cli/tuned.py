"""What a tuning came to, as a table for people and as values for programs."""

from collections.abc import Iterable
from typing import Any

from rich.table import Table
from rich.text import Text

from footnote.cli.output import console, plain_table, print_json, print_text
from footnote.domain.fusion import DEFAULT_WEIGHTS, Fitted
from footnote.evaluation.metrics.metric import Unit
from footnote.evaluation.presenting import changed, interval, shown
from footnote.fit_calibration import LEAST_AUROC, MOST_DECLINED
from footnote.judged import Judged
from footnote.tune import Tuning
from footnote.tuning.folds import FOLDS
from footnote.tuning.fusion import REPEATS

_NAMES = ("meaning", "words", "document")


def print_tuning(tuning: Tuning, seed: int, *, dry_run: bool) -> None:
    """Every figure by the default and as tuned, and what was done about it."""
    console.print(_table(tuning))
    weights = tuning.weights
    print_text(f"\nWeights of {', '.join(_NAMES)}: default {_told(DEFAULT_WEIGHTS)}", "dim")
    print_text(f"  chosen by all questions  {_told(weights.chosen)}", "dim")
    print_text(f"  chosen in folds          {_spread(weights.in_folds)}", "dim")
    if tuning.calibration:
        print_text(f"Calibration: default {_told(tuning.calibration.default)}", "dim")
        print_text(f"  fitted to all questions  {_told(tuning.calibration.chosen)}", "dim")
    print_text(f"\n{_footing(tuning, seed)}", "dim")
    for verdict in _verdicts(tuning, dry_run=dry_run):
        print_text(verdict)


def print_reset(kb: str, before: Fitted, *, dry_run: bool, as_json: bool) -> None:
    """What the defaults take the place of."""
    if as_json:
        print_json({"knowledge_base": kb, "dry_run": dry_run, "before": _fitted(before)})
        return
    if before == Fitted():
        print_text(f"Nothing was fitted to {kb}: the defaults are in force.")
        return
    parts = [
        f"weights {_told(before.weights)}" if before.weights else "",
        f"calibration {_told(before.calibration)}" if before.calibration else "",
    ]
    done = "would take" if dry_run else "take"
    print_text(f"In {kb} the defaults {done} the place of {' and '.join(filter(None, parts))}.")


def as_json_value(tuning: Tuning, seed: int, *, dry_run: bool) -> dict[str, Any]:
    """Everything that was measured, and what was done."""
    weights, calibration = tuning.weights, tuning.calibration
    return {
        "knowledge_base": tuning.index.kb,
        "embedding_model": tuning.index.form.model,
        "dry_run": dry_run,
        "seed": seed,
        "folds": FOLDS,
        "repeats": REPEATS,
        "questions": tuning.questions,
        "documents": tuning.documents,
        "left_out": tuning.left_out,
        "before": _fitted(tuning.before),
        "after": _fitted(tuning.before if dry_run else tuning.after),
        "weights": {
            "default": list(DEFAULT_WEIGHTS),
            "chosen": list(weights.chosen),
            "chosen_in_folds": [list(one) for one in weights.in_folds],
            "better": weights.better,
            "figures": [figure_json(one) for one in weights.judged],
        },
        "calibration": calibration
        and {
            "default": list(calibration.default),
            "chosen": list(calibration.chosen),
            "out_of_corpus": calibration.against,
            "better": calibration.better,
            "figures": [figure_json(one) for one in calibration.judged],
        },
        "uncalibrated": tuning.uncalibrated or None,
    }


def _table(tuning: Tuning) -> Table:
    table = plain_table("held out", "default", "tuned", "gain", "95 % interval", "")
    table.add_row(Text("fusion weights", style="bold"))
    add_figures(table, tuning.weights.judged)
    if tuning.calibration:
        table.add_row(Text("calibration", style="bold"))
        add_figures(table, tuning.calibration.judged)
    return table


def add_figures(table: Table, judged: Iterable[Judged]) -> None:
    """A row for each figure: default, tuned, gain."""
    for one in judged:
        change = one.difference
        table.add_row(
            f"  {one.name}",
            shown(change.old, Unit.SHARE),
            shown(change.new, Unit.SHARE),
            changed(change.value, Unit.SHARE),
            interval(change.low, change.high, Unit.SHARE, signed=True),
            "" if one.more_is_better else "less is better",
        )


def _footing(tuning: Tuning, seed: int) -> str:
    told = f"{tuning.questions} answerable questions of {tuning.documents} documents"
    if tuning.calibration:
        told += f", {tuning.calibration.against} that they do not answer"
    if tuning.left_out:
        told += f"; {tuning.left_out} left out, whose documents are not there"
    return (
        f"{told}. {FOLDS} folds by document, drawn {REPEATS} times, with folds inside to choose by;"
        f" intervals: bootstrap over documents. Seed {seed}."
    )


def _verdicts(tuning: Tuning, *, dry_run: bool) -> Iterable[str]:
    written = "would be written" if dry_run else "written"
    if tuning.weights.better:
        yield f"Weights: {written}; the gain in MRR is shown."
    else:
        yield f"Weights: no gain in MRR is shown, {_stays(tuning.before.weights)}."
    if tuning.calibration is None:
        yield f"Calibration: {tuning.uncalibrated}; {_stays(tuning.before.calibration)}."
    elif tuning.calibration.better:
        yield f"Calibration: {written}; it tells better what the documents speak of."
    else:
        yield (
            f"Calibration: not shown to be better (lower log loss; AUROC {LEAST_AUROC} and no "
            f"worse; at most {MOST_DECLINED:.0%} of the answerable declined, no fewer of the "
            "others; no more mistakes), "
            f"{_stays(tuning.before.calibration)}."
        )


def _stays(in_force: object) -> str:
    return "what was fitted before stays (--reset removes it)" if in_force else "the default stays"


def _told(numbers: Iterable[float]) -> str:
    return " / ".join(f"{number:.3g}" for number in numbers)


def _spread(chosen: Iterable[tuple[float, ...]]) -> str:
    parts = zip(*chosen, strict=True)
    return " / ".join(f"{min(part):.3g} to {max(part):.3g}" for part in parts)


def _fitted(fitted: Fitted) -> dict[str, list[float] | None]:
    return {
        "weights": list(fitted.weights) if fitted.weights else None,
        "calibration": list(fitted.calibration) if fitted.calibration else None,
    }


def figure_json(one: Judged) -> dict[str, Any]:
    """A figure for programs."""
    change = one.difference
    return {
        "metric": one.name,
        "more_is_better": one.more_is_better,
        "default": _rounded(change.old),
        "tuned": _rounded(change.new),
        "gain": _rounded(change.value),
        "low": _rounded(change.low),
        "high": _rounded(change.high),
        "detectable": _rounded(change.detectable),
        "questions": change.questions,
        "documents": change.clusters,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
