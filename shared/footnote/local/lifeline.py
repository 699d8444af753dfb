"""Runs a foreign program that ends when `footnote up` ends, even if that is killed.

The supervisor between the two holds the read end of a pipe from `footnote up`: when the pipe
closes, for whatever reason, it interrupts the program and waits for it. No orphan survives.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

STOP_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A command to keep running; `user` is the account to run it as, where root may not."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    user: str | None = None


class RunningProgram:
    """A started program and the pipe that keeps it alive."""

    def __init__(self, program: Program) -> None:
        self.name = program.name
        self.log = program.log
        program.log.parent.mkdir(parents=True, exist_ok=True)
        with program.log.open("ab") as log:
            self._supervisor = subprocess.Popen(  # noqa: S603 the command is our own
                [sys.executable, "-m", __name__, program.user or "", *program.command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=dict(program.environment),
                # Out of the terminal's group: Ctrl-C reaches `footnote up` only.
                start_new_session=True,
            )

    def exit_status(self) -> int | None:
        """The program's exit status once it has ended, else nothing."""
        return self._supervisor.poll()

    def stop(self) -> None:
        """Interrupt the program and wait until it is gone."""
        if self._supervisor.stdin:
            with suppress(BrokenPipeError):
                self._supervisor.stdin.close()
        try:
            self._supervisor.wait(timeout=STOP_TIMEOUT_S + 2)
        except subprocess.TimeoutExpired:
            self._supervisor.kill()
            self._supervisor.wait()


def supervise(user: str, command: Sequence[str]) -> int:
    """Run the command until it ends or standard input closes; return its exit status."""
    # A shell starts background jobs with interrupts ignored, and programs inherit that.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(  # noqa: S603 the command comes from RunningProgram
        command, stdin=subprocess.DEVNULL, user=user or None
    )
    threading.Thread(target=_stop_at_end_of_input, args=(process,), daemon=True).start()
    return process.wait()


def _stop_at_end_of_input(process: subprocess.Popen[bytes]) -> None:
    # Not through sys.stdin: its lock must be free when the interpreter ends.
    while os.read(0, 1024):
        pass
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    sys.exit(supervise(sys.argv[1], sys.argv[2:]))
