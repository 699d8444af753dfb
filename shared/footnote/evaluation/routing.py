"""What routing between a cheap and a dear model costs and gives, at every limit of its signal.

A router sends the questions with the lowest signal to the dear model. Random routing lies on the
straight line between none and all of them; whoever knew all answers would take the questions that
gain most for their money, which is the best that any router could do at each cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.evaluation.bootstrap import Difference, Figure, Resampling, difference, figure
from footnote.evaluation.estimators import Floats, Observation, mean
from footnote.evaluation.gate import too_few
from footnote.evaluation.recommending import Wanted
from footnote.evaluation.replaying import Replayed

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
    routes = _Routes(rows)
    curve, oracle = lines_of(rows)
    dear = [_observed(one, one.dear) for one in rows]
    limits = [routes.limit(share, dear, how) for share in _SHARES]
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
    routes, even = _Routes(rows), np.ones((1, len(rows)))
    return _line(routes.curve(even)), _line(routes.oracle(even))


def gain_of(rows: Sequence[Replayed], how: Resampling) -> Figure | None:
    """The share of what routing could gain over chance; None where there is nothing to gain."""
    routes = _Routes(rows)
    gained = figure(routes.observations, routes.gained, how, share=False)
    return None if np.isnan(gained.value) else gained


class _Routes:
    """Questions in the order in which they go to the dear model: the lowest signal first."""

    def __init__(self, rows: Sequence[Replayed]) -> None:
        self.rows = sorted(rows, key=lambda one: one.signal)
        self.observations = [_observed(one, one.cheap) for one in self.rows]
        self.cheap = np.array([one.cheap for one in self.rows])
        self.dear = np.array([one.dear for one in self.rows])
        self._usd = np.array([one.cheap_usd * 1e3 for one in self.rows])
        self._more_usd = np.array([one.dear_usd * 1e3 for one in self.rows]) - self._usd
        self._more = self.dear - self.cheap
        signals = np.array([one.signal for one in self.rows])
        # Those of one signal go together.
        self._ends = np.flatnonzero(np.append(signals[1:] != signals[:-1], True))
        self._best = _by_worth(self._more, self._more_usd)

    def curve(self, weights: Floats) -> tuple[Floats, Floats]:
        """Dollars and share right at each limit, from none to all; a row for each weighting."""
        share = weights / weights.sum(axis=1, keepdims=True)
        ends = np.append(0, self._ends + 1)
        usd, right = (_added(share * more)[:, ends] for more in (self._more_usd, self._more))
        return usd + share @ self._usd[:, None], right + share @ self.cheap[:, None]

    def oracle(self, weights: Floats) -> tuple[Floats, Floats]:
        """The best that there is at each cost, from the least to the most that can be spent."""
        share = (weights / weights.sum(axis=1, keepdims=True))[:, self._best]
        more_usd, more = self._more_usd[self._best], self._more[self._best]
        # Where the dear model is the cheaper one it begins with the question, and gives it back.
        saves = more_usd < 0
        first_usd = np.where(saves, more_usd, 0.0) + self._usd[self._best]
        first = np.where(saves, more, 0.0) + self.cheap[self._best]
        usd = _added(share * np.abs(more_usd)) + share @ first_usd[:, None]
        return usd, _added(share * np.where(saves, -more, more)) + share @ first[:, None]

    def gained(self, _: Sequence[Observation], weights: Floats) -> Floats:
        """The share of what could be gained over chance, under many weightings."""
        usd, right = self.curve(weights)
        low, high = usd[:, :1], usd[:, -1:]
        chance = ((right[:, :1] + right[:, -1:]) / 2 * (high - low))[:, 0]
        does = np.trapezoid(right, usd, axis=1) - chance
        could = _area_between(*self.oracle(weights), low, high) - chance
        # An answer that is worth nothing more is no gain, whatever is left of rounding.
        worth = (high > low)[:, 0] & (could > 1e-12 * high[:, 0])
        gained = np.full(len(weights), np.nan)
        np.divide(does, could, out=gained, where=worth)
        return gained

    def limit(self, share: float, dear: Sequence[Observation], how: Resampling) -> Limit:
        """The limit that sends about this share of the questions to the dear model."""
        sent = np.append(0, self._ends + 1)
        count = int(sent[np.argmin(np.abs(sent - share * len(self.rows)))])
        answered = np.append(self.dear[:count], self.cheap[count:])
        usd = (self._usd.sum() + self._more_usd[:count].sum()) / len(self.rows)
        seen = [_observed(one, each) for one, each in zip(self.rows, answered, strict=True)]
        of = {one.question_id: one for one in dear}
        alone = [of[one.question_id] for one in seen]
        last = count == len(self.rows)
        return Limit(
            signal=float("inf") if last else self.rows[count].signal if count else None,
            share=count / len(self.rows),
            usd=float(usd),
            right=figure(seen, mean, how, share=True),
            less_dear=difference(alone, seen, mean, how),
        )


def _added(parts: Floats) -> Floats:
    """Sums of none, one, two of them and so on, row by row."""
    return np.pad(np.cumsum(parts, axis=1), ((0, 0), (1, 0)))


def _area_between(usd: Floats, right: Floats, low: Floats, high: Floats) -> Floats:
    """The areas below rising lines, a row each, between two ends."""
    start, end = usd[:, :-1], usd[:, 1:]
    step = np.diff(right, axis=1)
    slope = np.divide(step, end - start, out=np.zeros_like(step), where=end > start)
    left, until = np.clip(start, low, high), np.clip(end, low, high)
    middle = right[:, :-1] + slope * ((left + until) / 2 - start)
    return np.asarray(((until - left) * middle).sum(axis=1))


def _by_worth(more: Floats, more_usd: Floats) -> NDArray[np.intp]:
    """Places in the order of what each gains for its money; what costs nothing comes first."""
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = np.where(more_usd == 0, np.sign(more) * np.inf, more / more_usd)
    worth[np.isnan(worth)] = 0.0
    return np.argsort(-worth, kind="stable")


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


def _observed(row: Replayed, value: float) -> Observation:
    question = row.question
    return Observation(
        question_id=question.question_id, cluster=question.cluster, value=float(value)
    )


def _line(points: tuple[Floats, Floats]) -> Line:
    (usd,), (right,) = points
    return Line(usd=tuple(map(float, usd)), right=tuple(map(float, right)))
