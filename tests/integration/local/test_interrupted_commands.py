"""Ctrl-C while a command is still loading."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration
FOOTNOTE = str(Path(sys.executable).parent / "footnote")
SIGINT_BIT = 1 << (signal.SIGINT - 1)


def caught(process: subprocess.Popen[bytes]) -> bool:
    """Whether a handler of its own waits for SIGINT."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (mask,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")]
    return bool(int(mask, 16) & SIGINT_BIT)


def loading(attempts: int = 50) -> subprocess.Popen[bytes]:
    """A command that is being loaded; on a busy machine that moment may be missed, so try again."""
    for _ in range(attempts):
        process = subprocess.Popen(  # noqa: S603 the command under test
            [FOOTNOTE, "status"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        # The interpreter has started; then its handler is taken away.
        if seen(process, wanted=True) and seen(process, wanted=False):
            return process
        process.communicate(timeout=60)
    pytest.fail(f"in {attempts} attempts the command was loaded before anybody looked")


def seen(process: subprocess.Popen[bytes], *, wanted: bool) -> bool:
    deadline = time.monotonic() + 60
    while process.poll() is None:
        if caught(process) is wanted:
            return process.poll() is None  # one that has ended catches nothing either
        assert time.monotonic() < deadline
        time.sleep(0.001)
    return False


def test_ctrl_c_while_a_command_loads_ends_it_without_a_traceback() -> None:
    process = loading()
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == (b"", b"")
    assert process.returncode == -signal.SIGINT
