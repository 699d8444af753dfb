"""The readers that are compared, each a process in an environment of its own."""

import json
import os
import select
import subprocess
from pathlib import Path
from types import TracebackType

from benchmarks.environments import make_environment, python_of

_HERE = Path(__file__).parent
_SERVER = _HERE / "reader_server.py"
# Ours in this process, ours as the system runs it, and the others.
READERS = ("footnote", "sandbox", "unstructured", "kreuzberg")


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


def prepare(reader: str) -> None:
    """Install a peer, once; our own readers need nothing.

    Raises:
        MissingToolError: it cannot be installed.
    """
    listed = _HERE / f"requirements-{reader}.txt"
    if listed.exists():
        make_environment(reader, listed)


def _started(reader: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own code
        [python_of(reader), str(_SERVER), reader],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "DO_NOT_TRACK": "1", "SCARF_NO_ANALYTICS": "1"},
    )
