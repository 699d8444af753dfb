"""Plots as SVG that take their colours and letters from the page they stand in."""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

# matplotlib knows no CSS: each colour that stands for a variable is one that nothing else uses.
SERIES = ("#010101", "#020202", "#030303")
INK, FAINT = "#040404", "#050505"
_VARIABLES = dict(
    zip((*SERIES, INK, FAINT), ("series-1", "series-2", "series-3", "ink", "faint"), strict=True)
)
# Inches.
WIDTH = 6.4
_NOT_OF_THE_PAGE = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.S
)
# Any: matplotlib types each name of a setting.
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # letters stay letters: small, searchable, in the page's own type
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": FAINT,
    "grid.alpha": 0.35,
    "grid.linewidth": 0.6,
    "axes.grid": True,
    "axes.axisbelow": True,
    "legend.frameon": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A picture with what it shows in words."""

    title: str
    caption: str
    svg: str


def svg(name: str, size: tuple[float, float], draw: "Callable[[Axes], None]") -> str:
    """One plot, `size` in inches of 72 points; the same plot is the same text each time."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    # The salt keeps the ids of one page's plots apart.
    with rc_context(_STYLE | {"svg.hashsalt": name}):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.add_subplot())
        drawn = BytesIO()
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    return _for_the_page(drawn.getvalue().decode())


def _for_the_page(drawn: str) -> str:
    text = _NOT_OF_THE_PAGE.sub("", drawn).strip()
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, f"var(--{variable})")
    return text
