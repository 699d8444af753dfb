"""A plot for each behaviour: what every arm reached, with its interval."""

from collections.abc import Iterable

from footnote.evaluation.behaviours import Judged
from footnote.evaluation.drawing import SERIES, Plot
from footnote.evaluation.interval_plots import Row, plot_of_rows
from footnote.evaluation.metrics.metric import Unit


def arm_plots(judged: Iterable[Judged]) -> list[Plot]:
    """What the arms reached."""
    drawn = (_plot(one) for one in judged)
    return [plot for plot in drawn if plot is not None]


def _plot(judged: Judged) -> Plot | None:
    rows = [
        Row(
            name=arm.value,
            value=figure.value,
            ends=(figure.low, figure.high),
            colour=SERIES[2 if arm in judged.evidence.gains else 0],
        )
        for arm, figure in judged.evidence.levels.items()
    ]
    unit = judged.metric.unit
    caption = f"{judged.metric.name}; the bar is the 95 % interval."
    if unit is not Unit.SHARE:
        caption = f"{unit} {caption}"
    title = str(judged.behaviour).capitalize()
    return plot_of_rows(title, caption, rows, whole=unit is Unit.SHARE)
