"""Stops asking an endpoint that is down, so that an outage costs milliseconds."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable

FAILURES_TO_OPEN = 3
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 120.0


class CircuitBreaker:
    """Closed: calls pass. Open: none does. After a pause that grows, one call tries it again.

    Held in the memory of one process: another finds out by itself.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._pause_s = 0.0
        self._closed_from = 0.0

    def held_s(self) -> float:
        """Seconds until a call may be made; 0 while the circuit is closed."""
        return max(0.0, self._closed_from - self._clock())

    def allows(self) -> bool:
        """Whether a call may be made; where that is the one which tries, others wait for it."""
        with self._lock:
            if self.held_s():
                return False
            if self._pause_s:
                self._closed_from = self._clock() + self._pause_s
            return True

    def succeeded(self) -> None:
        """The endpoint answered."""
        with self._lock:
            self._failures, self._pause_s, self._closed_from = 0, 0.0, 0.0

    def failed(self, retry_after_s: float = 0.0) -> None:
        """The endpoint is down; `retry_after_s` is how long it asked not to be called."""
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES_TO_OPEN:
                self._pause_s = min(self._pause_s * 2 or FIRST_PAUSE_S, LONGEST_PAUSE_S)
            pause = max(self._pause_s, min(retry_after_s, LONGEST_PAUSE_S))
            self._closed_from = self._clock() + pause


class CircuitBreakers:
    """One for each endpoint, by whatever names it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._by_name: defaultdict[str, CircuitBreaker] = defaultdict(lambda: CircuitBreaker(clock))

    def __getitem__(self, name: str) -> CircuitBreaker:
        return self._by_name[name]
