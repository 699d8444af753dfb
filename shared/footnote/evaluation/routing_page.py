"""Cost against quality of a router, as one page of HTML that needs nothing from elsewhere."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnote.evaluation.drawing import FAINT, INK, SERIES, WIDTH, Plot, svg
from footnote.evaluation.metrics.metric import Unit
from footnote.evaluation.replaying import Signal
from footnote.evaluation.report import check_installed, page_templates
from footnote.evaluation.routing import Routing

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_NEARLY_ONE = 0.9995


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """What is routed, in words; `beside` is the name of another run that is drawn with it."""

    title: str
    cheap: str
    dear: str
    signal: Signal
    footing: str
    beside: tuple[str, float, float] | None = None


def routing_page(routing: Routing, titles: Titles) -> str:
    """The page; all texts are of strangers, and are escaped.

    Raises:
        SettingsError: the packages of the extra `evaluation` are not installed.
    """
    check_installed()
    from markupsafe import Markup

    drawn = routing_plot(routing, titles)
    templates = page_templates()
    templates.globals |= {"limit_in_words": limit_in_words, "share": Unit.SHARE}
    return templates.get_template("routing.html").render(
        title=titles.title,
        titles=titles,
        routing=routing,
        plots=[(drawn, Markup(drawn.svg))],  # noqa: S704 # nosec B704
    )


def limit_in_words(signal: float | None) -> str:
    """A limit of a signal; the ends are none of the questions and all."""
    if signal is None:
        return "none"
    if math.isinf(signal):
        return "all"
    # A probability is seldom just 1: the digits that tell it from that are shown.
    return f"{signal:.7f}" if _NEARLY_ONE <= signal < 1 else f"{signal:.3f}"


def routing_plot(routing: Routing, titles: Titles) -> Plot:
    """The curve between random routing and whoever knows all answers."""

    def draw(axes: "Axes") -> None:
        random, curve, oracle = routing.random, routing.curve, routing.oracle
        axes.plot(oracle.usd, oracle.right, color=SERIES[2], linewidth=1.6, label="knows all")
        axes.plot(curve.usd, curve.right, color=SERIES[0], linewidth=2.0, label="this signal")
        axes.plot(
            random.usd, random.right, color=FAINT, linewidth=1.2, linestyle="--", label="random"
        )
        axes.plot(*routing.dear, "s", color=INK, markersize=6, label="dear alone")
        if titles.beside:
            axes.plot(*titles.beside[1:], "D", color=SERIES[1], markersize=6, label="as it was run")
        if routing.advised:
            shown = routing.advised
            at = shown.usd, shown.right.value
            axes.plot(*at, "o", color=SERIES[0], markersize=7, label="advised limit")
        axes.set(xlabel="USD per 1,000 questions", ylabel="share that is right")
        axes.legend(loc="lower right")

    return Plot(
        title="Cost against quality",
        caption=(
            "Each point sends the questions below a limit of the signal to the dear model. No"
            " router can lie above the line of who knows all; a useless signal lies on the dashed"
            " one."
        ),
        svg=svg("routing", (WIDTH, 4), draw),
    )
