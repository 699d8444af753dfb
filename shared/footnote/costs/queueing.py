"""How long work waits for one of several servers: the queue that is called M/M/c.

Arrivals and durations are drawn from exponential distributions, which is kind to neither: real
searches take more even times, real people come in bursts. Source of the formulas: Erlang C, as in
Kleinrock, Queueing Systems I (1975), section 3.5.
"""

from dataclasses import dataclass
from math import exp, inf, log


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """So many arrivals a second, each for so many seconds, at so many servers."""

    arrivals: float
    seconds: float
    servers: int

    @property
    def load(self) -> float:
        """The share of the servers that is busy; from 1 on the queue only grows."""
        return self.arrivals * self.seconds / self.servers

    @property
    def waits(self) -> float:
        """The share of the arrivals that finds every server busy."""
        if self.load >= 1:
            return 1.0
        offered = self.arrivals * self.seconds
        # Erlang's B by its recursion, which no large number upsets, and C from it.
        blocked = 1.0
        for server in range(1, self.servers + 1):
            blocked = offered * blocked / (server + offered * blocked)
        return blocked / (1 - self.load * (1 - blocked))

    @property
    def mean_wait(self) -> float:
        """Seconds, over all arrivals."""
        if self.load >= 1:
            return inf
        return self.waits * self.seconds / (self.servers * (1 - self.load))

    def wait(self, share: float) -> float:
        """Seconds that this share of the arrivals waits at most."""
        if self.load >= 1:
            return inf
        leaving = self.servers * (1 - self.load) / self.seconds
        return max(0.0, log(self.waits / (1 - share)) / leaving) if self.waits else 0.0

    def total(self, share: float) -> float:
        """Seconds that this share of the arrivals is done within, waiting and work together."""
        low, high = 0.0, self.wait(share) + 20 * self.seconds
        if high == inf:
            return inf
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self._later(middle) > 1 - share else (low, middle)
        return high

    def _later(self, t: float) -> float:
        """The share of the arrivals that is not done after `t` seconds."""
        works, leaves = 1 / self.seconds, self.servers * (1 - self.load) / self.seconds
        alone = exp(-works * t)
        if abs(leaves - works) < 1e-9 * works:
            return alone + self.waits * works * t * alone
        both = leaves * (alone - exp(-leaves * t)) / (leaves - works)
        return (1 - self.waits) * alone + self.waits * (exp(-leaves * t) + both)
