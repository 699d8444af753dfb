"""Classifiers as tables for people and as values for programs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from footnote.cli.output import console, plain_table, print_json, print_text
from footnote.domain.classifier import KeptCheckpoint, Labelled

if TYPE_CHECKING:
    from footnote.evaluation.bootstrap import Figure
    from footnote.train_classifier import Training

# Wider than that it is a table that nobody can read; --json has it in any case.
_WIDEST = 60


def print_training(training: "Training", texts: int, number: int | None, *, as_json: bool) -> None:
    """How a checkpoint did on texts that took no part, and what became of it."""
    if as_json:
        print_json(_training_json(training, texts, number))
        return
    table = plain_table("held out", "", "95 % interval")
    for name, one in training.figures.items():
        table.add_row(name, f"{one.value:.3f}", _interval(one))
    table.add_row("ECE, not calibrated", f"{training.uncalibrated.value:.3f}", "")
    console.print(table)
    labels = training.trained.checkpoint.labels
    if sum(map(len, labels)) <= _WIDEST:
        console.print(_confusion(training))
    right = "" if training.said_right is None else f", of which {training.said_right:.1%} are right"
    print_text(
        f"\n{texts} texts, {len(labels)} labels; a label is said of {training.said:.1%}{right}."
        f" Temperature {training.trained.checkpoint.temperature:.2f}.",
        "dim",
    )
    print_text(_verdict(training, number))


def report_page(training: "Training", texts: Sequence[str], number: int | None, title: str) -> str:
    """The same as a page of HTML."""
    from footnote.evaluation.label_report import LabelReport, html_label_report

    checkpoint = training.trained.checkpoint
    report = LabelReport(
        names=checkpoint.labels,
        texts=texts,
        told=training.told,
        uncalibrated=training.raw,
        figures=training.figures,
        threshold=checkpoint.threshold,
        said=training.said,
        said_right=training.said_right,
        verdict=_verdict(training, number),
        embedding_model=checkpoint.model,
    )
    return html_label_report(report, title)


def print_labels(number: int, told: Sequence[tuple[str, Labelled]], *, as_json: bool) -> None:
    """The label of each text."""
    if as_json:
        labels = [
            {"text": text, "label": one.label, "probabilities": dict(one.probabilities)}
            for text, one in told
        ]
        print_json({"checkpoint": number, "labels": labels})
        return
    table = plain_table("label", "probability", "text")
    for text, one in told:
        best = max(one.probabilities, key=lambda label: one.probabilities[label])
        said = one.label or f"(abstains; {best}?)"
        table.add_row(Text(said), f"{one.probabilities[best]:.2f}", Text(text))
    console.print(table)


def print_checkpoints(kb: str, kept: Sequence[KeptCheckpoint], *, as_json: bool) -> None:
    """Every checkpoint of a knowledge base's classifiers."""
    if as_json:
        print_json({"knowledge_base": kb, "checkpoints": [_kept_json(one) for one in kept]})
        return
    if not kept:
        print_text(f"{kb} has no classifier; `footnote classify train` makes one.")
        return
    heads = ("classifier", "checkpoint", "embedding model", "labels", "texts", "accuracy", "serves")
    table = plain_table(*heads)
    for one in kept:
        accuracy = one.figures.get("accuracy")
        table.add_row(
            one.classifier,
            str(one.number),
            one.model,
            str(len(one.labels)),
            str(one.examples),
            "" if accuracy is None else f"{accuracy:.3f}",
            "yes" if one.active else "",
        )
    console.print(table)


def _confusion(training: "Training") -> Table:
    labels = training.trained.checkpoint.labels
    table = plain_table("is, and was said to be", *labels)
    for label, row in zip(labels, training.confusion, strict=True):
        table.add_row(Text(label), *(str(count) if count else "" for count in row))
    return table


def _verdict(training: "Training", number: int | None) -> str:
    told = f"against {training.against}: {training.verdict.reason}"
    if not training.verdict.promoted:
        return f"Not promoted, {told}; nothing is changed."
    if number is None:
        return f"Would be promoted, {told}."
    return f"Checkpoint {number} serves from now on, {told}."


def _interval(one: "Figure") -> str:
    return "" if one.low is None or one.high is None else f"{one.low:.3f} to {one.high:.3f}"


def _training_json(training: "Training", texts: int, number: int | None) -> dict[str, Any]:
    checkpoint = training.trained.checkpoint
    return {
        "embedding_model": checkpoint.model,
        "texts": texts,
        "labels": list(checkpoint.labels),
        "figures": {
            name: {"value": one.value, "low": one.low, "high": one.high}
            for name, one in training.figures.items()
        },
        "uncalibrated_ece": training.uncalibrated.value,
        "confusion": training.confusion,
        "temperature": checkpoint.temperature,
        "threshold": checkpoint.threshold,
        "said": training.said,
        "said_right": training.said_right,
        "against": training.against,
        "decision": training.verdict.decision,
        "reason": training.verdict.reason,
        "checkpoint": number,
    }


def _kept_json(one: KeptCheckpoint) -> dict[str, Any]:
    return {
        "classifier": one.classifier,
        "checkpoint": one.number,
        "embedding_model": one.model,
        "labels": list(one.labels),
        "texts": one.examples,
        "figures": dict(one.figures),
        "replaced": one.replaced,
        "created_at": one.created_at.isoformat(),
        "active": one.active,
    }
