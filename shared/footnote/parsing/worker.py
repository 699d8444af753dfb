"""The process that parses for `SandboxedParser`: imports readers once, forks a child per document.

Runs as `python -m footnote.parsing.worker`; requests come on stdin, outcomes leave on stdout.
"""

import gc
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from footnote.domain.element import PartitionedDocument
from footnote.domain.errors import DocumentError, FailedDocumentError
from footnote.parsing import frames
from footnote.parsing.confinement import confine
from footnote.parsing.job import Job
from footnote.parsing.partitioning import format_of, partition, reader_of


def main() -> None:
    """Serves jobs until the other side closes its end."""
    replies = os.dup(sys.stdout.fileno())
    # Whatever a library prints must not get between the messages.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            job = Job.received(sys.stdin.fileno())
            frames.send(replies, _outcome(job))
        except (frames.PipeClosedError, frames.CallerGoneError):
            return


def _outcome(job: Job) -> bytes:
    try:
        # Imported here, so that the children find it done.
        reader_of(format_of(job.filename))
    except DocumentError as error:
        return frames.outcome(error)
    gc.freeze()
    folder = Path(tempfile.mkdtemp(prefix="footnote-"))
    try:
        return _in_child(job, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_child(job: Job, folder: Path) -> bytes:
    source, target = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        _child(job, folder, target)
    os.close(target)
    try:
        # The worker is in a session of its own: nothing else would end it and its child in time.
        deadline = time.monotonic() + job.timeout_s
        return frames.receive(source, deadline, caller=sys.stdin.fileno())
    except frames.PipeSilentError:
        return _failed(f"parsing took longer than {job.timeout_s:g} s")
    except frames.PipeClosedError:
        return _failed(_death(os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT), job))
    finally:
        os.close(source)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _death(result: os.waitid_result | None, job: Job) -> str:
    """Why a child ended without an outcome."""
    status = result.si_status if result else 0
    if status == signal.SIGXCPU:
        return f"parsing took longer than {job.timeout_s:g} s"
    if status == signal.SIGKILL:
        return f"parsing needs more than {job.memory_mb} MB of memory"
    return f"the parser crashed on this file (signal {status})"


def _failed(reason: str) -> bytes:
    return frames.outcome(FailedDocumentError(reason))


def _child(job: Job, folder: Path, target: int) -> None:
    """Parses and ends the process; nothing of the worker's own code may run after it."""
    try:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            os.dup2(silence, stream.fileno())
        confine(folder=folder, cpu_s=job.timeout_s, memory_mb=job.memory_mb)
        frames.send(target, frames.outcome(_result(job)))
    finally:
        os._exit(0)


def _result(job: Job) -> PartitionedDocument | DocumentError:
    try:
        return partition(job.content, job.filename, job.limits)
    except DocumentError as error:
        return error
    except MemoryError:
        return FailedDocumentError(f"parsing needs more than {job.memory_mb} MB of memory")


if __name__ == "__main__":
    main()
