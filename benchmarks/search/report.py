"""Measurements to a table for people and to rows for programs."""

from collections.abc import Iterable, Sequence
from statistics import mean, median
from typing import TypedDict

from rich.console import Group
from rich.table import Table

from benchmarks.search.measuring import Measured


class Result(TypedDict):
    """What one size came to; `load` is the machine's load average at its end."""

    chunks: int
    load: float
    searches: list[dict[str, object]]
    sizes_mb: dict[str, float]
    imports_s: dict[str, float]


def as_rows(found: Iterable[Measured]) -> list[dict[str, object]]:
    """One row per arm and share, with each time as a multiple of raw SQL's."""
    found = list(found)
    return [
        {
            "arm": one.arm,
            "share": one.share,
            "p50_ms": round(median(one.times), 2),
            "p95_ms": round(_quantile(one.times, 0.95), 2),
            "by_raw": round(median(one.times) / raw, 2),
            "recall_at_10": round(mean(one.recalls), 4),
            "lowest_recall": min(one.recalls),
            "mean_rows": round(mean(one.rows), 2),
            "fewest_rows": min(one.rows),
            "questions": len(one.recalls),
        }
        for one in found
        for raw in [_raw(found, one.share)]
    ]


def as_table(result: Result) -> Group:
    """The same for people."""
    shown = ("arm", "share", "p50_ms", "p95_ms", "by_raw", "recall_at_10", "fewest_rows")
    heads = ("", "passing", "p50 ms", "p95 ms", "x raw SQL", "recall@10", "fewest rows")
    table = Table(*heads, title=f"{result['chunks']:,} chunks, load {result['load']:.1f}")
    for row in result["searches"]:
        table.add_row(*(str(row[name]) for name in shown))
    sizes = ", ".join(f"{name} {size:,.0f}" for name, size in result["sizes_mb"].items())
    imports = ", ".join(f"{name} {spent:.2f}" for name, spent in result["imports_s"].items())
    return Group(table, f"MB: {sizes}", f"seconds to import: {imports}" if imports else "")


def _raw(found: Sequence[Measured], share: str) -> float:
    return next(median(one.times) for one in found if one.share == share and "raw" in one.arm)


def _quantile(values: Sequence[float], share: float) -> float:
    """The nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
