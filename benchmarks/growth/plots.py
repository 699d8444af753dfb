"""The curves as SVG that suits light and dark pages."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.growth.results import Results
from footnote.evaluation.drawing import SERIES, svg

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

_SIZE = (6.4, 3.0)
# A picture in a page of GitHub's takes no colours from it.
_COLOURS = """<style>
svg { font-family: system-ui, sans-serif;
  --series-1: #0b6bcb; --series-2: #c25700; --series-3: #2f7d32;
  --ink: #1b1f24; --faint: #8c959f; }
@media (prefers-color-scheme: dark) { svg {
  --series-1: #6cb6ff; --series-2: #f0a35e; --series-3: #7ccf7f;
  --ink: #e6edf3; --faint: #768390; } }
</style>"""


def write_plots(results: Results, folder: Path) -> None:
    """One picture for each kind of stage that there is."""
    for name, draw in (
        ("growth-chunks", _chunks),
        ("growth-clients", _clients),
        ("growth-backlog", _backlog),
    ):
        if results.of(name.removeprefix("growth-")):
            _write(folder / f"{name}.svg", name, partial(draw, results))


def _write(path: Path, name: str, draw: "Callable[[Axes], None]") -> None:
    head, rest = svg(name, _SIZE, draw).split(">", 1)
    path.write_text(f"{head}>{_COLOURS}{rest}\n")


def _chunks(results: Results, axes: "Axes") -> None:
    found = results.of("chunks")
    for name, colour, label in (
        ("p50_ms", SERIES[0], "p50"),
        ("p95_ms", SERIES[1], "p95"),
        ("core_ms", SERIES[2], "processor time of Postgres"),
    ):
        axes.plot(
            list(found), [one[name] for one in found.values()], "o-", color=colour, label=label
        )
    axes.set_xscale("log")
    highest = max(one["p95_ms"] for one in found.values())
    axes.set_ylim(0, 1.45 * highest)  # room for what the lines mean
    axes.set_xlabel("chunks")
    axes.set_ylabel("ms a search")
    axes.legend()


def _clients(results: Results, axes: "Axes") -> None:
    (one,) = results.of("clients").values()
    counts = [int(count) for count in one["clients"]]
    for name, colour, label in (
        ("a_second", SERIES[0], "searches a second"),
        ("p95_ms", SERIES[1], "p95, ms"),
    ):
        figures = [figures[name] for figures in one["clients"].values()]
        axes.plot(counts, figures, "o-", color=colour, label=label)
    axes.set_xscale("log", base=2)
    axes.set_xticks(counts, [str(count) for count in counts])
    axes.set_ylim(bottom=0)
    axes.set_xlabel("clients at once")
    axes.legend()


def _backlog(results: Results, axes: "Axes") -> None:
    *_, one = results.of("backlog").values()
    minutes = [sample["s"] / 60 for sample in one["samples"]]
    events = max(1, one["events"])
    ready = [100 * sample["ready"] / events for sample in one["samples"]]
    memory = [sample["ingest_mb"] + sample["parser_mb"] for sample in one["samples"]]
    axes.plot(minutes, ready, color=SERIES[0], label=f"ready, % of {events:,}")
    most = max(memory) or 1
    shares = [100 * held / most for held in memory]
    axes.plot(minutes, shares, color=SERIES[1], label=f"memory of ingest, % of {most:,.0f} MB")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("minutes")
    axes.legend()
