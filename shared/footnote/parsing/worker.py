"""The process that parses for `SandboxedParser`: imports readers once, forks a child per document.

Runs as `python -m footnote.parsing.worker`; requests come on stdin, outcomes leave on stdout.
"""

import gc
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from footnote.domain.element import PartitionedDocument
from footnote.domain.errors import DocumentError, FailedDocumentError
from footnote.parsing import frames, kernel
from footnote.parsing.confinement import Guard, confine, guards_of_this_kernel, prepare
from footnote.parsing.job import Job, took_too_long
from footnote.parsing.partitioning import format_of, partition, reader_of

# A child's exit status, apart from any signal's number.
_BROKEN, _OUT_OF_MEMORY = 100, 101
# `close_range` in the kernel takes the same time for any number.
_MAX_DESCRIPTORS = 2**31 - 1


def main() -> None:
    """Serves jobs until the other side closes its end."""
    replies = os.dup(sys.stdout.fileno())
    # Whatever a library prints must not get between the messages.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(OSError):
        kernel.adopt_orphans()
    guards = guards_of_this_kernel()
    _warn_of_missing(guards)
    while True:
        try:
            job = Job.received(sys.stdin.fileno())
            frames.send(replies, _outcome(job, guards))
        except (frames.PipeClosedError, frames.CallerGoneError):
            return


def _warn_of_missing(guards: Guard) -> None:
    """Once per worker, as a line of the log."""
    missing = {Guard.CALLS: "seccomp filters", Guard.FILES: "Landlock"}
    names = " and ".join(name for guard, name in missing.items() if guard not in guards)
    if names:
        message = f"this kernel has no {names}; Python's audit hook confines the parser instead"
        sys.stderr.write(json.dumps({"level": "WARNING", "message": message}) + "\n")


def _outcome(job: Job, guards: Guard) -> bytes:
    try:
        # Imported here, so that the children find it done.
        reader_of(format_of(job.filename))
        prepare(programs=job.limits.ocr)
    except DocumentError as error:
        return frames.outcome(error)
    gc.freeze()
    folder = Path(tempfile.mkdtemp(prefix="footnote-"))
    try:
        return _in_child(job, folder, guards)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_child(job: Job, folder: Path, guards: Guard) -> bytes:
    source, target = os.pipe()
    child = os.fork()
    if child == 0:
        _child(job, folder, guards, target)
    os.close(target)
    try:
        # The worker is in a session of its own: nothing else would end it and its child in time.
        deadline = time.monotonic() + job.timeout_s
        return frames.receive(
            source, deadline, caller=sys.stdin.fileno(), most=job.limits.max_reply_bytes
        )
    except frames.PipeSilentError:
        return _failed(took_too_long(job.timeout_s))
    except frames.TooLongError:
        return _failed("the parser found more in the file than can be passed on; split it")
    except frames.PipeClosedError:
        return _failed(_death(os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT), job))
    finally:
        os.close(source)
        _end(child)


def _end(child: int) -> None:
    """With it what it may have started: its orphans are this process's children then."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while orphans := _children():
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _children() -> list[int]:
    """Nothing where the kernel keeps no such list; without OCR there is nothing to find."""
    own = os.getpid()
    with suppress(FileNotFoundError):
        return [int(pid) for pid in Path(f"/proc/{own}/task/{own}/children").read_text().split()]
    return []


def _death(result: os.waitid_result | None, job: Job) -> str:
    """Why a child ended without an outcome."""
    status = result.si_status if result else 0
    if status == signal.SIGXCPU:
        return took_too_long(job.timeout_s)
    if status in (signal.SIGKILL, _OUT_OF_MEMORY):
        return f"parsing needs more than {job.memory_mb} MB of memory; split the file"
    return f"the parser crashed on this file ({_cause(status)}); it is damaged or made to do that"


def _cause(status: int) -> str:
    known = [member.name for member in signal.Signals if member == status]
    return known[0] if known else f"status {status}"


def _failed(reason: str) -> bytes:
    return frames.outcome(FailedDocumentError(reason))


def _child(job: Job, folder: Path, guards: Guard, target: int) -> None:
    """Parses and ends the process; nothing of the worker's own code may run after it."""
    status = _BROKEN
    try:
        _drop_descriptors(keep=target)
        confine(
            folder=folder,
            cpu_s=job.timeout_s,
            memory_mb=job.memory_mb,
            guards=guards,
            programs=job.limits.ocr,
        )
        frames.send(target, frames.outcome(_result(job)))
        status = 0
    except MemoryError:
        status = _OUT_OF_MEMORY
    finally:
        os._exit(status)


def _drop_descriptors(keep: int) -> None:
    """The worker's pipes are not for the child: it could answer for the document after it."""
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        os.dup2(silence, stream.fileno())
    os.closerange(3, keep)
    os.closerange(keep + 1, _MAX_DESCRIPTORS)


def _result(job: Job) -> PartitionedDocument | DocumentError:
    try:
        return partition(job.content, job.filename, job.limits)
    except DocumentError as error:
        return error


if __name__ == "__main__":
    main()
