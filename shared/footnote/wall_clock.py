"""Bounds calls by the wall clock, whatever they wait for."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from queue import Empty, SimpleQueue

# Of the time for a whole answer, what may pass between two words of one that takes longer.
_PAUSE_SHARE = 0.15


class Running[Result]:
    """A call that is under way in a daemon thread: nobody has to wait for its end."""

    def __init__(self, call: Callable[[], Result], *, name: str) -> None:
        self._results: list[Result] = []
        self._errors: list[BaseException] = []
        self._lock = threading.Lock()
        self._too_late: Callable[[Result], None] | None = None
        self._thread = threading.Thread(target=self._run, args=(call,), name=name, daemon=True)
        self._thread.start()

    def result(self, seconds: float, too_late: Callable[[Result], None] | None = None) -> Result:
        """What the call returned or raised, waiting for it so long at most.

        `too_late` undoes what comes after that: it is called in the thread, with the result.

        Raises:
            TimeoutError: it is still under way.
        """
        self._thread.join(seconds)
        with self._lock:
            if self._errors:
                raise self._errors[0]
            if not self._results:
                self._too_late = too_late
                raise TimeoutError
            return self._results[0]

    def _run(self, call: Callable[[], Result]) -> None:
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to the caller
            self._errors.append(error)
            return
        with self._lock:
            self._results.append(result)
            undo = self._too_late
        if undo:
            undo(result)


def within[Result](
    seconds: float,
    call: Callable[[], Result],
    *,
    name: str = "bounded",
    too_late: Callable[[Result], None] | None = None,
) -> Result:
    """What `call` returns or raises, if it does so within so many seconds of the wall clock.

    A call that does not end is left to a daemon thread, where its own timeouts stop it; what it
    returns then is handed to `too_late`.

    Raises:
        TimeoutError: it did not.
    """
    return Running(call, name=name).result(seconds, too_late)


class Patience:
    """How long somebody listens: so many seconds, and on while words keep coming, `most_s` in all.

    A speaker who is in the middle of it is not cut off at the moment when a silent one would be.
    """

    def __init__(
        self,
        seconds: float,
        most_s: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        began = clock()
        self._clock = clock
        self._until = began + seconds
        self._most = began + max(seconds, most_s or 0.0)
        self._pause_s = _PAUSE_SHARE * seconds
        self._next_by = began

    def left(self) -> float:
        """Seconds until it ends, as far as is known now; 0 where it has ended."""
        return max(0.0, self._until - self._clock())

    def is_used_up(self) -> bool:
        """Whether it ended although words came until then."""
        return not self.left() and self._next_by >= self._most

    def heard(self) -> None:
        """Another word came: there may be one more."""
        self._next_by = self._clock() + self._pause_s
        self._until = max(self._until, min(self._most, self._next_by))


def each_within[Item](
    patience: Patience, source: Callable[[], Generator[Item]], *, name: str = "bounded"
) -> Generator[Item]:
    """What a generator yields or raises, as it does, for as long as there is patience.

    It is made and runs in a daemon thread, which closes it at its next item when nobody listens
    any more: because the time is over, or because this iterator was closed.

    Raises:
        TimeoutError: it did not end in time.
    """
    arrived: SimpleQueue[tuple[Item] | BaseException | None] = SimpleQueue()
    is_over = threading.Event()

    def run() -> None:
        try:
            with closing(source()) as items:
                for item in items:
                    arrived.put((item,))
                    if is_over.is_set():
                        return
            arrived.put(None)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to the caller
            arrived.put(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    try:
        while (item := _next(arrived, patience.left())) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item[0]
    finally:
        is_over.set()


def _next[Item](arrived: SimpleQueue[Item], seconds: float) -> Item:
    try:
        return arrived.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
