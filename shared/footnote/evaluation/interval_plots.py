"""Plots of intervals: each share as it is, and how it changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnote.evaluation.drawing import FAINT, INK, SERIES, WIDTH, Plot, svg
from footnote.evaluation.measuring import Compared, Measured
from footnote.evaluation.metrics.metric import Unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW_INCHES = 0.27
_CHANGES = {"better": SERIES[2], "worse": SERIES[1], "the same": FAINT, "cannot tell": FAINT}


def shares(measured: Sequence[Measured]) -> Plot | None:
    """Every share with its interval."""
    some = [one for one in measured if one.metric.unit is Unit.SHARE]
    groups = list(dict.fromkeys(one.metric.group for one in some))
    rows = [
        Row(
            name=f"{one.metric.group} · {one.metric.name}",
            value=one.figure.value,
            ends=(one.figure.low, one.figure.high),
            colour=SERIES[groups.index(one.metric.group) % len(SERIES)],
        )
        for one in some
    ]
    caption = "A dot is the figure, the bar its 95 % interval."
    return plot_of_rows("Every share with its interval", caption, rows, whole=True)


def changes(compared: Sequence[Compared]) -> Plot | None:
    """How each share changed."""
    rows = [
        Row(
            name=f"{one.metric.group} · {one.metric.name}",
            value=one.difference.value,
            ends=(one.difference.low, one.difference.high),
            colour=_CHANGES[one.verdict],
        )
        for one in compared
        if one.metric.unit is Unit.SHARE
    ]
    caption = "Now less before, on the same questions. Grey bars hold zero: cannot tell."
    return plot_of_rows("What changed", caption, rows, whole=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure by its name, with the ends of its interval."""

    name: str
    value: float
    ends: tuple[float | None, float | None]
    colour: str


def plot_of_rows(title: str, caption: str, rows: Sequence[Row], *, whole: bool) -> Plot | None:
    """Rows below each other; `whole`: from 0 to 1, else as far as they go, with a line at 0."""
    if not rows:
        return None

    def draw(axes: "Axes") -> None:
        for place, row in enumerate(rows):
            low, high = row.ends
            if low is not None and high is not None:
                axes.plot([low, high], [place] * 2, color=row.colour, linewidth=2.2, alpha=0.55)
            axes.plot(row.value, place, "o", color=row.colour, markersize=5.5)
        axes.set_yticks(range(len(rows)), [row.name for row in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.grid(visible=False, axis="y")
        if whole:
            axes.set_xlim(-0.02, 1.02)
        else:
            axes.axvline(0, color=INK, linewidth=0.8)

    size = (WIDTH, 0.7 + _ROW_INCHES * len(rows))
    return Plot(title=title, caption=caption, svg=svg(title, size, draw))
