"""The readers that are compared, each a process in an environment of its own."""

import json
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType

_HERE = Path(__file__).parent
_ENVIRONMENTS = _HERE.parents[1] / ".cache" / "bench"
_SERVER = _HERE / "reader_server.py"
# Ours in this process, ours as the system runs it, and the others.
READERS = ("footnote", "sandbox", "unstructured", "kreuzberg")


class MissingToolError(Exception):
    """The environment of a reader cannot be made."""


class ReaderProcess:
    """Started at the first question, and again after a file that it did not get through."""

    def __init__(self, reader: str, timeout_s: float) -> None:
        self._reader = reader
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "ReaderProcess":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def read(self, path: Path, runs: int) -> dict[str, object]:
        """The server's reply, or its error: too slow, or crashed."""
        self._process = self._process or _started(self._reader)
        requests, replies = self._process.stdin, self._process.stdout
        assert requests is not None  # noqa: S101 - both are pipes, see _started
        assert replies is not None  # noqa: S101
        requests.write(json.dumps({"path": str(path), "runs": runs}) + "\n")
        requests.flush()
        if not select.select([replies], [], [], self._timeout_s)[0]:
            self._stop()
            return {"error": f"more than {self._timeout_s:g} s"}
        line = replies.readline()
        if not line:
            self._stop()
            return {"error": "the process ended"}
        reply: dict[str, object] = json.loads(line)
        return reply

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with process:
                pass


def make_environment(reader: str) -> None:
    """Installs a peer under `.cache/bench`, once.

    Raises:
        MissingToolError: there is no uv, or the packages cannot be had.
    """
    target = _ENVIRONMENTS / reader
    listed = _HERE / f"requirements-{reader}.txt"
    made = target / ".made"
    if not listed.exists() or (made.exists() and made.read_text() == listed.read_text()):
        return
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        message = "uv was not found; run `make bench-parse`, which brings one"
        raise MissingToolError(message)
    python = str(target / "bin" / "python")
    for command in (
        [uv, "venv", "--no-config", "--quiet", "--clear", "--python", "3.13", str(target)],
        [
            uv,
            "pip",
            "install",
            "--no-config",
            "--quiet",
            "--no-deps",
            "--python",
            python,
            "-r",
            str(listed),
        ],
    ):
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if ran.returncode:
            message = f"{reader} cannot be installed: {ran.stderr.strip()[-500:]}"
            raise MissingToolError(message)
    made.write_text(listed.read_text())


def _started(reader: str) -> subprocess.Popen[str]:
    own = _ENVIRONMENTS / reader / "bin" / "python"
    python = str(own) if own.exists() else sys.executable
    return subprocess.Popen(  # noqa: S603 - our own code
        [python, str(_SERVER), reader],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "DO_NOT_TRACK": "1", "SCARF_NO_ANALYTICS": "1"},
    )
