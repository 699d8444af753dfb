"""What a process that reads a stranger's file may still do: compute, in bounded time and memory."""

import math
import os
import resource
import sys
import tempfile
from pathlib import Path

from footnote.parsing.limits import MEGABYTE

_MAX_FILE_BYTES = 64 * MEGABYTE
_MAX_OPEN_FILES = 64
# Audit events of the interpreter (Python docs, "Audit events table"). A hook cannot be taken off.
_REFUSED_PREFIXES = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn")
_REFUSED = frozenset({"os.system", "os.startfile", "pty.spawn", "ftplib.connect", "os.kill"})


def confine(*, folder: Path, cpu_s: float, memory_mb: int) -> None:
    """Limits this process for the rest of its life; `folder` becomes its only home.

    `memory_mb` is what may come on top of what the process has mapped already.
    """
    _limit(resource.RLIMIT_AS, _mapped_bytes() + memory_mb * MEGABYTE)
    # Between the two SIGXCPU comes, which tells it from a kill for memory.
    seconds = math.ceil(cpu_s)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    _limit(resource.RLIMIT_FSIZE, _MAX_FILE_BYTES)
    _limit(resource.RLIMIT_NOFILE, _MAX_OPEN_FILES)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_CORE, 0)
    os.chdir(folder)
    os.environ.update(HOME=str(folder), TMPDIR=str(folder))
    tempfile.tempdir = str(folder)
    sys.addaudithook(_refuse)


def _limit(what: int, soft: int) -> None:
    hard = resource.getrlimit(what)[1]
    allowed = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(what, (allowed, allowed))


def _mapped_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _refuse(event: str, _arguments: object) -> None:
    if event.startswith(_REFUSED_PREFIXES) or event in _REFUSED:
        msg = f"{event} is refused while a document is parsed"
        raise PermissionError(msg)
