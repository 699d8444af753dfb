"""What a process that reads a stranger's file may still do: compute, in bounded time and memory.

The kernel's own guards stand first: `seccomp` for calls, `landlock` for files. `audit` refuses the
same to Python code with a better message, and is what is left where a kernel has neither.
"""

import math
import os
import resource
import sys
import tempfile
from contextlib import suppress
from enum import Flag, auto
from functools import cache
from pathlib import Path

from footnote.parsing import audit, seccomp
from footnote.parsing.landlock import Place, confine_files
from footnote.parsing.limits import MEGABYTE

_MAX_FILE_BYTES = 64 * MEGABYTE
# The largest picture that is recognised, three bytes a pixel.
_MAX_PICTURE_BYTES = 256 * MEGABYTE
_MAX_OPEN_FILES = 64
# Shared libraries and programs, and what they look up; of `/etc` nothing that could be a secret.
_SYSTEM_PATHS = (
    "/usr", "/lib", "/lib64", "/bin", "/opt", "/etc/ld.so.cache", "/etc/localtime",
    "/etc/mime.types", "/etc/fonts", "/etc/alternatives", "/dev/urandom", "/dev/zero",
)  # fmt: skip


class Guard(Flag):
    """What a kernel may have to confine a process."""

    CALLS = auto()
    FILES = auto()


def guards_of_this_kernel() -> Guard:
    """The guards that work here, each tried on a child of its own."""
    return Guard(sum(guard.value for guard in Guard if _works(guard)))


def prepare(*, programs: bool) -> None:
    """Find out in the parent what is the same for every child, so that none spends time on it."""
    _readable()
    seccomp.prepare(programs=programs)


def confine(
    *, folder: Path, cpu_s: float, memory_mb: int, guards: Guard, programs: bool = False
) -> None:
    """Limits this process for the rest of its life; `folder` becomes its only home.

    `memory_mb` is what may come on top of what the process has mapped already. With `programs` it
    may start Tesseract.

    Raises:
        OSError: a guard that worked before does not; the process must not read the file.
    """
    _limit_resources(cpu_s=cpu_s, memory_mb=memory_mb, programs=programs)
    os.chdir(folder)
    os.environ.update(HOME=str(folder), TMPDIR=str(folder))
    tempfile.tempdir = str(folder)
    sys.dont_write_bytecode = True
    _raise_guards(guards, folder, programs=programs)
    audit.refuse_events(folder=folder, programs=programs)


def _limit_resources(*, cpu_s: float, memory_mb: int, programs: bool) -> None:
    _limit(resource.RLIMIT_AS, _mapped_bytes() + memory_mb * MEGABYTE)
    # Between the two SIGXCPU comes, which tells it from a kill for memory.
    seconds = math.ceil(cpu_s)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    _limit(resource.RLIMIT_FSIZE, _MAX_PICTURE_BYTES if programs else _MAX_FILE_BYTES)
    _limit(resource.RLIMIT_NOFILE, _MAX_OPEN_FILES)
    _limit(resource.RLIMIT_MEMLOCK, 0)
    _limit(resource.RLIMIT_CORE, 0)
    if not programs:
        # It counts the user's processes elsewhere too, so any other number would be chance.
        _limit(resource.RLIMIT_NPROC, 0)


def _raise_guards(guards: Guard, folder: Path, *, programs: bool) -> None:
    if Guard.FILES in guards:
        confine_files(own=folder, readable=_readable(), programs=programs)
    if Guard.CALLS in guards:
        seccomp.refuse_calls(programs=programs)


@cache
def _readable() -> tuple[Place, ...]:
    """Code and libraries; not the home folder, nor what the system says of other processes."""
    entries = (sys.prefix, sys.base_prefix, *sys.path, *_SYSTEM_PATHS)
    paths = (Path(entry) for entry in dict.fromkeys(entries) if len(entry) > 1)
    return tuple(Place.at(path) for path in paths if path.exists())


def _works(guard: Guard) -> bool:
    child = os.fork()
    if child == 0:
        try:
            with suppress(OSError):
                _raise_guards(guard, Path("/"), programs=False)
                os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _limit(what: int, soft: int) -> None:
    hard = resource.getrlimit(what)[1]
    allowed = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(what, (allowed, allowed))


def _mapped_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
