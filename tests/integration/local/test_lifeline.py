"""A foreign program ends when the one that started it ends, however that happens."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from footnote.local.lifeline import Program, RunningProgram

pytestmark = pytest.mark.integration

# Writes its pid, and leaves a trace when it is interrupted rather than killed.
SLEEPER = """
import os, pathlib, sys, time
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
try:
    time.sleep(60)
except KeyboardInterrupt:
    pathlib.Path(sys.argv[1] + ".interrupted").touch()
"""
STARTER = """
import sys, time
from pathlib import Path
from footnote.local.lifeline import Program, RunningProgram
folder = Path(sys.argv[1])
program = Program(
    name="sleeper", command=[sys.executable, "-c", sys.argv[2], str(folder / "pid")],
    environment={}, log=folder / "log",
)
running = RunningProgram(program)
time.sleep(60)
"""


def program(tmp_path: Path, code: str = SLEEPER) -> Program:
    command = [sys.executable, "-c", code, str(tmp_path / "pid")]
    return Program(name="sleeper", command=command, environment={}, log=tmp_path / "log")


def pid_in(path: Path) -> int:
    for _ in range(500):
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.02)
    raise AssertionError(f"{path} was not written")


def appears(path: Path) -> bool:
    for _ in range(250):
        if path.exists():
            return True
        time.sleep(0.02)
    return False


def test_a_stop_interrupts_the_program_and_waits_for_it(tmp_path: Path) -> None:
    running = RunningProgram(program(tmp_path))
    pid = pid_in(tmp_path / "pid")
    running.stop()
    assert (tmp_path / "pid.interrupted").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_program_that_ends_by_itself_is_noticed(tmp_path: Path) -> None:
    running = RunningProgram(program(tmp_path, "raise SystemExit(7)"))
    while running.exit_status() is None:
        time.sleep(0.02)
    assert running.exit_status() == 7
    running.stop()


def test_a_killed_starter_takes_its_program_along(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTER, str(tmp_path), SLEEPER]
    starter = subprocess.Popen(command)  # noqa: S603 the test's own command
    pid_in(tmp_path / "pid")
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    assert appears(tmp_path / "pid.interrupted")
