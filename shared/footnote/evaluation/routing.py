"""What routing between a cheap and a dear model costs and gives, at every limit of its signal.

A router sends the questions with the lowest signal to the dear model. Random routing lies on the
straight line between none and all of them; whoever knew all answers would take the questions that
gain most for their money, which is the best that any router could do at each cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from footnote.evaluation.bootstrap import Difference, Figure, Resampling, difference, figure
from footnote.evaluation.estimators import Floats, mean
from footnote.evaluation.gate import too_few
from footnote.evaluation.recommending import Wanted
from footnote.evaluation.replaying import Replayed
from footnote.evaluation.routes import Routes

_SHARES = tuple(tenth / 10 for tenth in range(11))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Dollars per 1,000 questions, and the share that is right; from none to all of the dear."""

    usd: tuple[float, ...]
    right: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Whatever lies below `signal` goes to the dear model; None where nothing does.

    `less_dear` is what this answers rightly less what the dear model alone does.
    """

    signal: float | None
    share: float
    usd: float
    right: Figure
    less_dear: Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """How a signal routes, beside chance and whoever knows all.

    `gained` is the share of what routing could gain over chance: 0 at random, 1 for who knows all,
    None where there is nothing to gain. `dear` is the dear model alone, in dollars per 1,000 and
    the share that is right; `advised` costs less and loses less than `tolerance`.
    """

    curve: Line
    oracle: Line
    dear: tuple[float, float]
    gained: Figure | None
    limits: tuple[Limit, ...]
    advised: Limit | None
    tolerance: float
    questions: int
    documents: int

    @property
    def random(self) -> Line:
        """The straight line between both ends."""
        usd, right = self.curve.usd, self.curve.right
        return Line(usd=(usd[0], usd[-1]), right=(right[0], right[-1]))

    @property
    def verdict(self) -> str:
        """Whether the signal is worth anything, in words."""
        few = too_few(self.questions, self.documents)
        if few:
            return f"cannot tell: {few}"
        if self.gained is None or self.gained.low is None or self.gained.high is None:
            return "there is nothing to gain: the dear model is not dearer, or right no more often"
        told = f"{self.gained.value:.2f}, {self.gained.low:.2f} to {self.gained.high:.2f}"
        if self.gained.low > 0:
            return f"the signal routes better than chance (of what could be gained: {told})"
        if self.gained.high < 0:
            return f"the signal routes worse than chance ({told})"
        return f"cannot tell whether the signal routes better than chance ({told})"


def routing_of(
    rows: Sequence[Replayed], dear_alone_usd: float, wanted: Wanted, how: Resampling
) -> Routing:
    """Replay the questions at every limit; `dear_alone_usd` per 1,000 questions."""
    routes = Routes(rows)
    curve, oracle = lines_of(rows)
    limits = [_limit(routes, share, how) for share in _SHARES]
    limits = list({one.signal: one for one in limits}.values())
    return Routing(
        curve=curve,
        oracle=oracle,
        dear=(dear_alone_usd, float(np.mean(routes.dear))),
        gained=gain_of(rows, how),
        limits=tuple(limits),
        advised=_advised(limits, dear_alone_usd, wanted),
        tolerance=wanted.tolerance,
        questions=len(rows),
        documents=len({one.question.cluster for one in rows}),
    )


def lines_of(rows: Sequence[Replayed]) -> tuple[Line, Line]:
    """What the signal does at every limit, and the best that there is at each cost."""
    routes, even = Routes(rows), np.ones((1, len(rows)))
    return _line(routes.curve(even)), _line(routes.oracle(even))


def gain_of(rows: Sequence[Replayed], how: Resampling) -> Figure | None:
    """The share of what routing could gain over chance; None where there is nothing to gain."""
    routes = Routes(rows)
    gained = figure(routes.observations, routes.gained, how, share=False)
    return None if np.isnan(gained.value) else gained


def _limit(routes: Routes, share: float, how: Resampling) -> Limit:
    sent, every = routes.sent(share), len(routes.rows)
    seen = routes.answered(sent)
    signal = routes.rows[sent].signal if 0 < sent < every else float("inf")
    return Limit(
        signal=signal if sent else None,
        share=sent / every,
        usd=routes.spent(sent),
        right=figure(seen, mean, how, share=True),
        less_dear=difference(routes.answered(every), seen, mean, how),
    )


def _advised(limits: Sequence[Limit], dear_usd: float, wanted: Wanted) -> Limit | None:
    """The cheapest limit below the cost of the dear model alone that is shown to lose little."""
    as_right = [
        one
        for one in limits
        if one.usd < dear_usd
        and one.less_dear.low is not None
        and one.less_dear.low > -wanted.tolerance
    ]
    return min(as_right, key=lambda one: one.usd, default=None)


def _line(points: tuple[Floats, Floats]) -> Line:
    (usd,), (right,) = points
    return Line(usd=tuple(map(float, usd)), right=tuple(map(float, right)))
