"""Figures as tables for people and as values for programs."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from footnote.cli.output import plain_table
from footnote.evaluation.evaluation import Evaluation
from footnote.evaluation.measuring import Compared, Measured
from footnote.evaluation.presenting import changed, interval, shown

_COLOURS = {"better": "green", "worse": "red"}


def figure_table(measured: Sequence[Measured]) -> Table:
    """One line a metric, with its interval and what it stands on."""
    table = plain_table("", "figure", "95 % interval", "questions", "documents")
    group = ""
    for one in measured:
        metric, figure = one.metric, one.figure
        if metric.group != group:
            table.add_row(Text(metric.group, style="bold"))
        table.add_row(
            f"  {metric.name}",
            shown(figure.value, metric.unit),
            interval(figure.low, figure.high, metric.unit),
            str(figure.questions),
            str(figure.clusters),
        )
        group = metric.group
    return table


def difference_table(compared: Sequence[Compared], head: str = "now less before") -> Table:
    """One line a metric: what changed since the run before, and what could have been seen."""
    table = plain_table(head, "change", "95 % interval", "detects", "")
    group = ""
    for one in compared:
        metric, change = one.metric, one.difference
        unit = metric.unit
        if metric.group != group:
            table.add_row(Text(metric.group, style="bold"))
        table.add_row(
            f"  {metric.name}",
            changed(change.value, unit),
            interval(change.low, change.high, unit, signed=True),
            "" if change.detectable is None else shown(change.detectable, unit),
            Text(one.verdict, style=_COLOURS.get(one.verdict, "dim")),
        )
        group = metric.group
    return table


def as_json_value(result: Evaluation) -> dict[str, Any]:
    """Everything that was measured, and how."""
    return {
        "knowledge_base": result.run.knowledge_base,
        "version": result.run.version,
        "embedding_model": result.run.embedding_model,
        "generation_model": result.run.generation_model,
        "questions": len(result.outcomes),
        "failed": sum(outcome.error is not None for outcome in result.outcomes),
        "resamples": result.how.resamples,
        "seed": result.how.seed,
        "figures": _figures(result.measured),
        "compared": differences_json(result.compared),
    }


def _figures(measured: Iterable[Measured]) -> list[dict[str, Any]]:
    return [
        {
            "group": one.metric.group,
            "metric": one.metric.name,
            "unit": one.metric.unit.value,
            "value": _rounded(one.figure.value),
            "low": _rounded(one.figure.low),
            "high": _rounded(one.figure.high),
            "questions": one.figure.questions,
            "documents": one.figure.clusters,
        }
        for one in measured
    ]


def differences_json(compared: Iterable[Compared]) -> list[dict[str, Any]]:
    """Each difference with its interval, the smallest one detectable, and the verdict."""
    return [
        {
            "group": one.metric.group,
            "metric": one.metric.name,
            "unit": one.metric.unit.value,
            "old": _rounded(one.difference.old),
            "new": _rounded(one.difference.new),
            "difference": _rounded(one.difference.value),
            "low": _rounded(one.difference.low),
            "high": _rounded(one.difference.high),
            "detectable": _rounded(one.difference.detectable),
            "questions": one.difference.questions,
            "documents": one.difference.clusters,
            "verdict": one.verdict,
        }
        for one in compared
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, 4)
