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


def wait_until_caught(process: subprocess.Popen[bytes], *, wanted: bool) -> None:
    deadline = time.monotonic() + 30
    while caught(process) is not wanted:
        assert process.poll() is None, "it ended before the signal could be sent"
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_ctrl_c_while_a_command_loads_ends_it_without_a_traceback() -> None:
    process = subprocess.Popen(  # noqa: S603 the command under test
        [FOOTNOTE, "status"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_until_caught(process, wanted=True)  # the interpreter has started
    wait_until_caught(process, wanted=False)  # the command is being loaded
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30) == (b"", b"")
    assert process.returncode == -signal.SIGINT
