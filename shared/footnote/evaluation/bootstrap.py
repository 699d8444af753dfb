"""How sure a figure is: intervals by a bootstrap that draws whole source documents.

Questions that were made from one document rise and fall together, so drawing single questions
would promise more than the set can tell. The percentiles are widened for few documents as in
Hesterberg, "What Teachers Should Know About the Bootstrap" (2015), section 5.3.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from footnote.evaluation.estimators import Estimator, Floats, Observation

LEVEL = 0.95
POWER = 0.8
# Numbers held in memory at once.
_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampling:
    """How often documents are drawn anew, and from which seed."""

    resamples: int = 2000
    seed: int = 20261125


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its 95 % interval; None where one document is all there is."""

    value: float
    low: float | None
    high: float | None
    questions: int
    clusters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """New less old on the same questions, with its 95 % interval.

    `detectable` is the smallest true difference that such a set shows four times out of five.
    """

    old: float
    new: float
    value: float
    low: float | None
    high: float | None
    detectable: float | None
    questions: int
    clusters: int


def figure(
    observations: Sequence[Observation], estimate: Estimator, how: Resampling, *, share: bool
) -> Figure:
    """A figure of observations, of which there is at least one; `share`: it lies in 0..1."""
    value = _alone(observations, estimate)
    drawn = np.concatenate([estimate(observations, each) for each in _drawn(observations, how)])
    clusters = len({one.cluster for one in observations})
    low, high = _interval(drawn, clusters)
    if share and low is not None and low == high and value in (0.0, 1.0):
        low, high = _at_the_edge(value, clusters)
    return Figure(value=value, low=low, high=high, questions=len(observations), clusters=clusters)


def difference(
    old: Sequence[Observation], new: Sequence[Observation], estimate: Estimator, how: Resampling
) -> Difference:
    """What changed on the same questions, which both have in the same order."""
    drawn = np.concatenate([estimate(new, each) - estimate(old, each) for each in _drawn(old, how)])
    clusters = len({one.cluster for one in old})
    low, high = _interval(drawn, clusters)
    before, after = _alone(old, estimate), _alone(new, estimate)
    return Difference(
        old=before,
        new=after,
        value=after - before,
        low=low,
        high=high,
        detectable=None if low is None else _detectable(drawn, clusters),
        questions=len(old),
        clusters=clusters,
    )


def t_quantile(probability: float, freedom: int) -> float:
    """Student's t by Cornish and Fisher's expansion; within 1 % from 5 degrees of freedom on.

    Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 26.7.5.
    """
    z = NormalDist().inv_cdf(probability)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _alone(observations: Sequence[Observation], estimate: Estimator) -> float:
    return float(estimate(observations, np.ones((1, len(observations))))[0])


def _drawn(observations: Sequence[Observation], how: Resampling) -> Iterator[Floats]:
    """How often each observation's document was drawn, a block of resamples at a time."""
    _, of = np.unique([one.cluster for one in observations], return_inverse=True)
    clusters = int(of.max()) + 1
    source = np.random.default_rng(how.seed)
    block = max(1, _AT_ONCE // len(observations))
    if how.resamples <= block:
        yield _counts(clusters, how)[:, of]
        return
    for start in range(0, how.resamples, block):
        yield _draws(source, clusters, min(block, how.resamples - start))[:, of]


@lru_cache(maxsize=2)
def _counts(clusters: int, how: Resampling) -> Floats:
    """Every figure of a set is resampled in the same way; drawing takes longer than the figure."""
    return _draws(np.random.default_rng(how.seed), clusters, how.resamples)


def _draws(source: "np.random.Generator", clusters: int, size: int) -> Floats:
    counts = source.multinomial(clusters, np.full(clusters, 1 / clusters), size=size)
    return counts.astype(np.float64)


def _interval(drawn: Floats, clusters: int) -> tuple[float | None, float | None]:
    drawn = drawn[~np.isnan(drawn)]
    if clusters < 2 or not drawn.size:
        return None, None
    tail = NormalDist().cdf(-_widened(1 - (1 - LEVEL) / 2, clusters))
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)


def _widened(probability: float, clusters: int) -> float:
    """The standard errors to go, where the error itself comes from few clusters."""
    return math.sqrt(clusters / (clusters - 1)) * t_quantile(probability, clusters - 1)


def _detectable(drawn: Floats, clusters: int) -> float:
    error = float(np.nanstd(drawn))
    return error * (_widened(1 - (1 - LEVEL) / 2, clusters) + NormalDist().inv_cdf(POWER))


def _at_the_edge(value: float, clusters: int) -> tuple[float, float]:
    """All right or all wrong: what resampling cannot widen, Clopper and Pearson's bound does."""
    slack = 1 - ((1 - LEVEL) / 2) ** (1 / clusters)
    return (1 - slack, 1.0) if value else (0.0, slack)
