"""Bounds calls by the wall clock, whatever they wait for."""

import threading
from collections.abc import Callable


class Running[Result]:
    """A call that is under way in a daemon thread: nobody has to wait for its end."""

    def __init__(self, call: Callable[[], Result], *, name: str) -> None:
        self._results: list[Result] = []
        self._errors: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(call,), name=name, daemon=True)
        self._thread.start()

    def result(self, seconds: float) -> Result:
        """What the call returned or raised, waiting for it so long at most.

        Raises:
            TimeoutError: it is still under way.
        """
        self._thread.join(seconds)
        if self._errors:
            raise self._errors[0]
        if not self._results:
            raise TimeoutError
        return self._results[0]

    def _run(self, call: Callable[[], Result]) -> None:
        try:
            self._results.append(call())
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to the caller
            self._errors.append(error)


def within[Result](seconds: float, call: Callable[[], Result], *, name: str = "bounded") -> Result:
    """What `call` returns or raises, if it does so within so many seconds of the wall clock.

    A call that does not end is left to a daemon thread, where its own timeouts stop it.

    Raises:
        TimeoutError: it did not.
    """
    return Running(call, name=name).result(seconds)
