"""The time that a question has left: every call outside gets its share, and none has more."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A moment on a monotonic clock, by which there has to be a reply."""

    at: float
    clock: Callable[[], float] = field(default=time.monotonic, compare=False)

    @classmethod
    def within(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> "Deadline":
        """So many seconds from now."""
        return cls(at=clock() + seconds, clock=clock)

    def left(self) -> float:
        """Seconds until then, never below zero."""
        return max(0.0, self.at - self.clock())
