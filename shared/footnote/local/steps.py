"""Progress of setting up: a spinner on a terminal, plain lines in a log."""

import time
from types import TracebackType

from rich.console import Console


class Steps:
    """One step after the other, each with the time it took."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("", spinner="dots")
        self._began = self._step_began = time.monotonic()
        self._step = ""

    @property
    def elapsed_s(self) -> float:
        """Seconds since the first step."""
        return time.monotonic() - self._began

    def __enter__(self) -> "Steps":
        self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._status.stop()
        if kind is None:
            self._finish()

    def begin(self, step: str) -> None:
        """The step before is done, this one is under way."""
        self._finish()
        self._step, self._step_began = step, time.monotonic()
        self._status.update(f"{step} ...")

    def detail(self, line: str) -> None:
        """Something that the current step has to tell."""
        self._status.update(f"{self._step}: {line}")

    def _finish(self) -> None:
        if self._step:
            took_s = time.monotonic() - self._step_began
            self._console.print(f"  [green]✓[/] {self._step} [dim]{took_s:.1f} s[/]")
        self._step = ""
