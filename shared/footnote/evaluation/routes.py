"""Questions in the order of a signal: sums at every limit, under many weightings at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from footnote.evaluation.estimators import Floats, Observation
from footnote.evaluation.replaying import Replayed


class Routes:
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

    def sent(self, share: float) -> int:
        """How many questions go to the dear model at the limit that is nearest to this share."""
        counts = np.append(0, self._ends + 1)
        return int(counts[np.argmin(np.abs(counts - share * len(self.rows)))])

    def answered(self, sent: int) -> list[Observation]:
        """How right each question is answered where the first ones go to the dear model."""
        right = np.append(self.dear[:sent], self.cheap[sent:])
        return [_observed(one, each) for one, each in zip(self.rows, right, strict=True)]

    def spent(self, sent: int) -> float:
        """Dollars per 1,000 questions of the same."""
        return float((self._usd.sum() + self._more_usd[:sent].sum()) / len(self.rows))


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


def _observed(row: Replayed, value: float) -> Observation:
    question = row.question
    return Observation(
        question_id=question.question_id, cluster=question.cluster, value=float(value)
    )
