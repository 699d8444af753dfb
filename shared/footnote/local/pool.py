"""The execution environments of a function: reused, replaced and added as in Lambda."""

import queue
import threading
from collections.abc import Generator
from contextlib import closing, suppress

from footnote.local.function import Environment, Function


class ThrottledError(Exception):
    """Every environment stayed busy for as long as a caller waits, or is stopped."""


class FunctionPool:
    """Runs a function's events in environments that are reused, replaced and added as in Lambda."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self._idle: queue.LifoQueue[Environment] = queue.LifoQueue()
        self._all: set[Environment] = set()
        self._change = threading.Lock()
        self._stopping = False

    def start(self, environments: int) -> None:
        """Start environments until there are so many; they get ready in the background."""
        for _ in range(environments):
            self._grow(environments)

    def invoke(self, event: object, *, wait_s: float = 30.0) -> object:
        """Run one event in a free environment.

        Raises:
            InvocationError: the function failed.
            ThrottledError: no environment was free within `wait_s` seconds, or all are stopped.
        """
        environment = self._acquire(wait_s)
        try:
            return environment.invoke(event)
        finally:
            self._release(environment)

    def stream(self, event: object, *, wait_s: float = 30.0) -> Generator[dict[str, object]]:
        """Run one event in a free environment and give its frames; see `Environment.stream`.

        Raises:
            InvocationError, ThrottledError: as `invoke`.
        """
        environment = self._acquire(wait_s)
        try:
            with closing(environment.stream(event)) as frames:
                yield from frames
        finally:
            self._release(environment)

    def stop(self) -> None:
        """End every environment, busy or not."""
        with self._change:
            self._stopping = True
            environments = list(self._all)
        for environment in environments:
            environment.stop()

    def _acquire(self, wait_s: float) -> Environment:
        if self._stopping:
            raise ThrottledError
        with suppress(queue.Empty):
            return self._idle.get_nowait()
        self._grow(self.function.most)
        try:
            return self._idle.get(timeout=wait_s)
        except queue.Empty:
            raise ThrottledError from None

    def _release(self, environment: Environment) -> None:
        if environment.is_running():
            self._idle.put(environment)
            return
        with self._change:
            self._all.discard(environment)
        self._grow(self.function.least)

    def _grow(self, limit: int) -> None:
        with self._change:
            if len(self._all) >= limit or self._stopping:
                return
            environment = Environment(self.function)
            self._all.add(environment)
        threading.Thread(target=self._make_ready, args=(environment,), daemon=True).start()

    def _make_ready(self, environment: Environment) -> None:
        environment.wait_for_import()
        self._idle.put(environment)
