"""`footnote up` as a process of its own, for tests from outside."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from footnote.aws.bucket import Bucket
from footnote.aws.session import s3_client
from footnote.client import ApiClient, ApiRefusedError, ApiUnreachableError

FOOTNOTE = str(Path(sys.executable).parent / "footnote")
START_TIMEOUT_S = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually[T](look: Callable[[], T], wanted: Callable[[T], bool], within_s: float = 20) -> T:
    deadline = time.monotonic() + within_s
    while not wanted(found := look()):
        assert time.monotonic() < deadline, f"still {found}"
        time.sleep(0.1)
    return found


@contextmanager
def folder_for_a_system(name: str = "test") -> Iterator[Path]:
    """Not in pytest's own folder: another session would close that to the server's account."""
    with TemporaryDirectory(prefix=f"footnote-{name}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "data"


class System:
    """One data folder with its ports, started as often as a test wants."""

    def __init__(
        self, folder: Path, *options: str, settings: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self._options, self._settings = options, settings or {}
        self.port, self.s3_port = free_port(), free_port()
        self.api = ApiClient(f"http://127.0.0.1:{self.port}")
        self.bucket = Bucket(s3_client(f"http://127.0.0.1:{self.s3_port}"), "footnote-documents")
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        ports = ["--port", str(self.port), "--s3-port", str(self.s3_port)]
        return [
            FOOTNOTE,
            "up",
            *ports,
            "--data-dir",
            str(self.folder),
            "--no-sample",
            *self._options,
        ]

    def start(self) -> None:
        with (self.folder.parent / "up.out").open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 the command under test
                self.command(),
                stdout=output,
                stderr=output,
                env=os.environ | self._settings,
            )
        eventually(self._healthy, bool, START_TIMEOUT_S)

    def signal(self, number: int) -> int:
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(timeout=30)

    def stop(self) -> None:
        assert self.signal(signal.SIGTERM) == 0

    def family(self) -> list[psutil.Process]:
        assert self.process
        return psutil.Process(self.process.pid).children(recursive=True)

    def _healthy(self) -> bool:
        assert self.process
        assert self.process.poll() is None, (self.folder.parent / "up.out").read_text()
        try:
            return bool(self.api.health()["status"] == "ok")
        except (ApiUnreachableError, ApiRefusedError):
            return False
