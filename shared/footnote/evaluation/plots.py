"""The plots of a report: figures with their intervals, ranks, scores of declining, times."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from footnote.evaluation.drawing import FAINT, INK, SERIES, WIDTH, Plot, svg
from footnote.evaluation.interval_plots import changes, shares
from footnote.evaluation.measuring import Compared, Measured
from footnote.evaluation.metrics.relevance import document_relevance
from footnote.evaluation.outcome import Outcome
from footnote.evaluation.question_set import Origin
from footnote.evaluation.worst import rank_of_gold

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plots(
    outcomes: Sequence[Outcome], measured: Sequence[Measured], compared: Sequence[Compared]
) -> list[Plot]:
    """Those that there is something to show on."""
    drawn = (
        changes(compared),
        shares(measured),
        _ranks(outcomes),
        _scores(outcomes),
        _receiver(outcomes),
        _times(outcomes),
    )
    return [plot for plot in drawn if plot is not None]


def _ranks(outcomes: Sequence[Outcome]) -> Plot | None:
    judged = [one for one in outcomes if document_relevance(one)]
    if not judged:
        return None
    ranks = [rank_of_gold(one) for one in judged]
    bounds = [("1", 1, 1), ("2", 2, 2), ("3", 3, 3), ("4-5", 4, 5), ("6-10", 6, 10)]
    counts = [
        sum(rank is not None and low <= rank <= high for rank in ranks) for _, low, high in bounds
    ]
    later = sum(rank is not None and rank > bounds[-1][2] for rank in ranks)
    names = [*(name for name, _, _ in bounds), "later", "never"]
    counts += [later, ranks.count(None)]

    def draw(axes: "Axes") -> None:
        bars = axes.bar(names, counts, color=SERIES[0], width=0.72)
        axes.bar_label(bars, padding=2, color=INK)
        axes.set(xlabel="rank of the first gold document", ylabel="questions")
        axes.grid(visible=False, axis="x")

    return Plot(
        title="Where the right document stood",
        caption=f"{len(judged)} answerable questions; never: not among the passages searched.",
        svg=svg("ranks", (WIDTH, 3), draw),
    )


def _kinds(outcomes: Sequence[Outcome]) -> dict[str, list[float]]:
    """Scores by kind of question."""
    kinds: dict[str, list[float]] = {"answerable": [], "unanswerable": [], "foreign": []}
    for outcome in outcomes:
        score, question = outcome.in_corpus, outcome.question
        if score is None:
            continue
        name = "foreign" if question.origin is Origin.FOREIGN else "unanswerable"
        kinds["answerable" if question.answerable else name].append(score)
    return {name: scores for name, scores in kinds.items() if scores}


def _scores(outcomes: Sequence[Outcome]) -> Plot | None:
    kinds = _kinds(outcomes)
    if not kinds:
        return None

    def draw(axes: "Axes") -> None:
        for colour, (name, scores) in zip(SERIES, kinds.items(), strict=False):
            share = np.full(len(scores), 1 / len(scores))
            drawn: dict[str, Any] = {"bins": 25, "range": (0, 1), "weights": share, "color": colour}
            axes.hist(scores, alpha=0.18, **drawn)
            label = f"{name} ({len(scores)})"
            axes.hist(scores, histtype="step", linewidth=1.6, label=label, **drawn)
        axes.set(xlabel="probability that the documents speak of it", ylabel="share of questions")
        axes.legend(loc="upper center")

    return Plot(
        title="Scores behind declining",
        caption="The further apart the kinds, the better a limit between them can be.",
        svg=svg("scores", (WIDTH, 3), draw),
    )


def _receiver(outcomes: Sequence[Outcome]) -> Plot | None:
    kinds = _kinds(outcomes)
    answerable = kinds.pop("answerable", [])
    if not answerable or not kinds:
        return None

    def draw(axes: "Axes") -> None:
        limits = np.unique(
            [0.0, *answerable, *(one for scores in kinds.values() for one in scores), 1.1]
        )
        lost = [np.mean(np.array(answerable) < limit) for limit in limits]
        for colour, (name, scores) in zip(SERIES[1:], kinds.items(), strict=False):
            declined = [np.mean(np.array(scores) < limit) for limit in limits]
            axes.plot(lost, declined, color=colour, linewidth=1.8, label=name)
        axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, linestyle="--")
        axes.set(xlabel="answerable ones declined", ylabel="others declined")
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axes.legend(loc="lower right")

    return Plot(
        title="What every limit would do",
        caption="Each point is a limit. The upper left corner declines what it should and no more.",
        svg=svg("receiver", (WIDTH, 4), draw),
    )


def _times(outcomes: Sequence[Outcome]) -> Plot | None:
    kinds = {
        "search": sorted(one.found.outside_ms for one in outcomes if one.found),
        "answered": _asked(outcomes, answered=True),
        "declined": _asked(outcomes, answered=False),
    }
    kinds = {name: times for name, times in kinds.items() if times}
    if not kinds:
        return None
    from matplotlib.ticker import LogLocator, NullFormatter

    def draw(axes: "Axes") -> None:
        for colour, (name, times) in zip(SERIES, kinds.items(), strict=False):
            shares = np.arange(1, len(times) + 1) / len(times)
            axes.step(times, shares, where="post", color=colour, linewidth=1.8, label=name)
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set(xlabel="milliseconds, from outside", ylabel="share of calls", ylim=(0, 1.02))
        axes.legend(loc="lower right")

    return Plot(
        title="How long it took",
        caption="The share of calls that were done within a time.",
        svg=svg("times", (WIDTH, 3), draw),
    )


def _asked(outcomes: Sequence[Outcome], *, answered: bool) -> list[float]:
    said = [outcome.said for outcome in outcomes if outcome.said]
    return sorted(one.outside_ms for one in said if one.answered is answered)
