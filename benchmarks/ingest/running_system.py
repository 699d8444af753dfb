"""A whole Footnote of the benchmark's own, started as a person starts it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

import psutil

from footnote.aws.bucket import Bucket
from footnote.aws.session import s3_client
from footnote.client import ApiClient, ApiRefusedError, ApiUnreachableError
from footnote.local.functions import use_local_credentials
from footnote.local.workspace import Workspace

_START_S = 120
# What stands in the commands of each part's processes.
_PARTS = {
    "functions/ingest": "ingest",
    "functions/intake": "intake",
    "functions/api": "api",
    "parsing.worker": "parser",
    "guarded_emulator": "S3 and SQS",
    "postgres": "database",
}


class RunningSystem:
    """`footnote up` in a folder that goes with it."""

    def __init__(self, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        """`settings` are variables that the functions get."""
        use_local_credentials()
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.workspace = Workspace(Path(self._folder.name) / "data")
        self._port, s3_port = _free_port(), _free_port()
        self.api = ApiClient(f"http://127.0.0.1:{self._port}")
        self.s3 = s3_client(f"http://127.0.0.1:{s3_port}")
        self.bucket = Bucket(self.s3, "footnote-documents")
        command = [str(Path(sys.executable).parent / "footnote"), "up", "--no-sample"]
        command += ["--port", str(self._port), "--s3-port", str(s3_port)]
        command += ["--data-dir", str(self.workspace.root)]
        self._process = subprocess.Popen(  # noqa: S603 our own
            command, stdout=subprocess.DEVNULL, env={**os.environ, **settings}
        )

    def __enter__(self) -> "RunningSystem":
        deadline = time.monotonic() + _START_S
        while not self._is_healthy():
            if time.monotonic() > deadline or self._process.poll() is not None:
                message = "footnote up did not start"
                raise RuntimeError(message)
            time.sleep(0.2)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=60)
        self._folder.cleanup()

    @property
    def database_url(self) -> str:
        """Where its Postgres is."""
        return str(json.loads(self.workspace.connection.read_text())["FOOTNOTE_DATABASE_URL"])

    def statuses(self, knowledge_base: str) -> dict[str, str]:
        """The status of each key."""
        return {one["key"]: one["status"] for one in self.api.documents(knowledge_base)}

    def ask(self, question: str, knowledge_base: str) -> dict[str, Any]:
        """The reply to a question."""
        return self.api.ask(question, knowledge_base)

    def memory_mb(self) -> float:
        """Resident memory of the functions that read and embed, all together."""
        held = self._by_part(lambda process: float(process.memory_info().rss))
        return (held.get("ingest", 0.0) + held.get("parser", 0.0)) / 2**20

    def memory_of_parts_mb(self) -> dict[str, float]:
        """Resident memory of each part."""
        held = self._by_part(lambda process: float(process.memory_info().rss))
        return {part: size / 2**20 for part, size in held.items()}

    def largest_mb(self) -> dict[str, float]:
        """Resident memory of each part's largest process."""
        found: dict[str, float] = defaultdict(float)
        for part, process in self._processes():
            with suppress(psutil.NoSuchProcess):
                found[part] = max(found[part], process.memory_info().rss / 2**20)
        return dict(found)

    def processor_s(self) -> dict[str, float]:
        """Seconds of processor time that each part has used, with those of children that ended."""
        return self._by_part(lambda process: sum(process.cpu_times()[:4]))

    def _by_part(self, measure: Callable[[psutil.Process], float]) -> dict[str, float]:
        total: dict[str, float] = defaultdict(float)
        for part, process in self._processes():
            with suppress(psutil.NoSuchProcess):  # it ended meanwhile
                total[part] += measure(process)
        return dict(total)

    def _processes(self) -> Iterator[tuple[str, psutil.Process]]:
        root = psutil.Process(self._process.pid)
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                yield _part(process), process

    def _is_healthy(self) -> bool:
        try:
            return bool(self.api.health()["status"] == "ok")
        except (ApiUnreachableError, ApiRefusedError):
            return False


def _part(process: psutil.Process) -> str:
    command = " ".join(process.cmdline())
    return next((part for sign, part in _PARTS.items() if sign in command), "front")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
