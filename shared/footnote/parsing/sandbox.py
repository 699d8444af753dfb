"""Parses files of strangers in a process of its own, so that none can harm or stall this one."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType

from footnote.domain.element import PartitionedDocument
from footnote.domain.errors import FailedDocumentError, TransientError
from footnote.parsing import frames
from footnote.parsing.job import Job, took_too_long
from footnote.parsing.limits import ParsingLimits

# Seconds for the worker to start and import a reader, on top of the time for the document.
_START_S = 60.0
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")


class SandboxedParser:
    """Keeps one worker process, started at first use and again when it dies.

    Safe to share between threads: they take turns.
    """

    def __init__(
        self,
        *,
        timeout_s: float = 120.0,
        memory_mb: int = 1536,
        limits: ParsingLimits | None = None,
    ) -> None:
        """`timeout_s` is the wall clock for one document, `memory_mb` what it may take."""
        self._timeout_s = timeout_s
        self._memory_mb = memory_mb
        self._limits = limits or ParsingLimits()
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "SandboxedParser":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def partition(self, content: bytes, filename: str) -> PartitionedDocument:
        """The elements of a file in reading order.

        Raises:
            SkippedDocumentError: the format is not supported, or the file is empty.
            FailedDocumentError: it cannot be read, or takes too much time or memory.
            TransientError: the worker cannot be started or is killed from outside.
        """
        job = Job(
            content=content,
            filename=filename,
            timeout_s=self._timeout_s,
            memory_mb=self._memory_mb,
            limits=self._limits,
        )
        with self._lock:
            return frames.document_of(self._ask(job))

    def close(self) -> None:
        """Ends the worker; the next `partition` would start another."""
        with self._lock:
            self._stop()

    def _ask(self, job: Job) -> bytes:
        """A worker that idled may have been ended from outside, so one that is gone is replaced."""
        with suppress(frames.PipeClosedError):
            return self._asked_once(job)
        try:
            return self._asked_once(job)
        except frames.PipeClosedError as error:
            # Documents end their own child only, so this is the machine's trouble, not the file's.
            msg = "the parser process cannot be kept running"
            raise TransientError(msg) from error

    def _asked_once(self, job: Job) -> bytes:
        self._worker = self._worker or _started()
        requests, replies = self._worker.stdin, self._worker.stdout
        assert requests is not None  # noqa: S101 - both are pipes, see _started
        assert replies is not None  # noqa: S101
        try:
            job.sent(requests.fileno())
            return frames.receive(replies.fileno(), time.monotonic() + self._timeout_s + _START_S)
        except frames.PipeSilentError as error:
            self._stop()
            raise FailedDocumentError(took_too_long(self._timeout_s)) from error
        except BaseException:
            # A reply that is still to come would be taken for that to the next document.
            self._stop()
            raise

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        with worker:
            # The child that it may have is in its group.
            os.killpg(worker.pid, signal.SIGKILL)


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-s", "-m", "footnote.parsing.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(os.environ),
        cwd="/",
        bufsize=0,
        start_new_session=True,
    )


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """Nothing that a document could read a secret from."""
    kept = {name: own[name] for name in _KEPT_VARIABLES if name in own}
    path = os.pathsep.join(entry for entry in sys.path if entry)
    # One thread for numpy's library: more would only reserve memory, and forking wants one.
    return {**kept, "PYTHONPATH": path, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
