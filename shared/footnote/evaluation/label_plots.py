"""Plots of a classifier: what is taken for what, whether confidence holds, what abstaining buys."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from footnote.evaluation.drawing import FAINT, INK, SERIES, WIDTH, Plot, svg
from footnote.evaluation.labels import CALIBRATION_BINS, Predictions, confusion

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# More do not fit beside each other.
MOST_SHOWN = 20
# Inches: what the names of labels take, and how large a field of few labels may be.
_NAMES, _LARGEST_FIELD = 1.7, 0.6
# Counts are read on their field, so it never becomes as dark as they are.
_DARKEST = 0.45


def label_plots(
    told: Predictions, uncalibrated: Predictions, names: tuple[str, ...], threshold: float
) -> list[Plot]:
    """All of them, of held-out texts."""
    return [
        _confusion(told, names),
        _reliability(told, uncalibrated),
        _abstaining(told, threshold),
    ]


def _confusion(told: Predictions, names: tuple[str, ...]) -> Plot:
    table = confusion(told)
    shown = _most_confused(table)
    counts = table[np.ix_(shown, shown)]
    shares = counts / np.maximum(table[shown].sum(axis=1, keepdims=True), 1)
    size = len(shown)

    def draw(axes: "Axes") -> None:
        from matplotlib.patches import Rectangle

        for row, column in zip(*np.nonzero(counts), strict=True):
            colour = SERIES[0] if row == column else SERIES[1]
            alpha = 0.06 + (_DARKEST - 0.06) * float(shares[row, column])
            field = Rectangle((column - 0.5, row - 0.5), 1, 1, color=colour, alpha=alpha, lw=0)
            axes.add_patch(field)
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=INK)
        ticks = [_short(names[at]) for at in shown]
        axes.set_xticks(range(size), ticks, rotation=40, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(size), ticks)
        axes.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), aspect="equal")
        axes.set(xlabel="was said to be", ylabel="is")
        axes.grid(visible=False)

    left_out = len(names) - size
    rest = f" The {left_out} labels that are confused least are left out." if left_out else ""
    return Plot(
        title="What is taken for what",
        caption=f"Held-out texts by their label and the likeliest; off the diagonal: wrong.{rest}",
        svg=svg(
            "confusion", (WIDTH, _NAMES + size * min(_LARGEST_FIELD, (WIDTH - _NAMES) / size)), draw
        ),
    )


def _most_confused(table: NDArray[np.int64]) -> list[int]:
    """The labels to show, in their order."""
    wrong = table.sum(axis=0) + table.sum(axis=1) - 2 * table.diagonal()
    return sorted(np.argsort(-wrong, kind="stable")[:MOST_SHOWN].tolist())


def _short(name: str) -> str:
    return name if len(name) <= 18 else f"{name[:17]}…"


def _reliability(told: Predictions, uncalibrated: Predictions) -> Plot:
    def draw(axes: "Axes") -> None:
        axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, linestyle="--")
        both = (("as learned", uncalibrated, SERIES[1]), ("calibrated", told, SERIES[0]))
        for name, one, colour in both:
            sure, right = _bins(one)
            axes.plot(sure, right, color=colour, linewidth=1.6, marker="o", ms=4, label=name)
        axes.set(xlabel="confidence", ylabel="share that is right")
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axes.legend(loc="upper left")

    return Plot(
        title="Whether confidence holds",
        caption=(
            f"Held-out texts in {CALIBRATION_BINS} parts of equal size by confidence. On the dashed"
            " line a label that is said with .8 is right eight times of ten; below it, less often."
        ),
        svg=svg("reliability", (WIDTH, 4), draw),
    )


def _bins(told: Predictions) -> tuple[list[float], list[float]]:
    sure = told.likely.max(axis=1)
    order = np.argsort(sure, kind="stable")
    parts = np.array_split(order, min(CALIBRATION_BINS, len(sure)))
    return (
        [float(sure[part].mean()) for part in parts],
        [float(told.right[part].mean()) for part in parts],
    )


def _abstaining(told: Predictions, threshold: float) -> Plot:
    sure = told.likely.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    said = np.arange(1, len(order) + 1)
    right = np.cumsum(told.right[order]) / said
    chosen = int((sure >= threshold).sum())

    def draw(axes: "Axes") -> None:
        axes.plot(said / len(order), right, color=SERIES[0], linewidth=1.8)
        if chosen:
            place = (chosen / len(order), float(right[chosen - 1]))
            axes.plot(*place, color=SERIES[1], marker="o", ms=7, linestyle="", label="chosen")
            axes.legend(loc="lower left")
        axes.set(xlabel="share of texts that a label is said of", ylabel="of these, right")
        axes.set(xlim=(-0.02, 1.02), ylim=(min(0.5, float(right.min())) - 0.02, 1.02))

    return Plot(
        title="What abstaining buys",
        caption="The surest texts first. The fewer labels are said, the more of them are right.",
        svg=svg("abstaining", (WIDTH, 3.4), draw),
    )
