"""The second line: Python code that reads a stranger's file is told what it may not do, and why.

Events are those of the interpreter (Python docs, "Audit events table"); a hook stays for good.
"""

import os
import sys
from pathlib import Path
from typing import Any

_REFUSED_PREFIXES = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn")
_REFUSED = frozenset({
    "os.system", "os.startfile", "pty.spawn", "ftplib.connect", "os.kill", "os.killpg", "os.chdir",
    "os.link", "os.symlink", "os.chmod", "os.chown", "os.lchown", "os.utime", "os.setxattr",
})  # fmt: skip
# Their arguments name what is changed.
_CHANGES = frozenset({"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.truncate"})
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# What the system tells of this process and of others, such as their environment.
_OF_PROCESSES = ("/proc", "/sys")
# What optical character recognition starts and, when it takes too long, ends.
_PROGRAM = "tesseract"
_STARTS_AND_ENDS = frozenset({"subprocess.Popen", "os.posix_spawn", "os.kill"})


def refuse_events(*, folder: Path, programs: bool) -> None:
    """From now on only `folder` may be written; with `programs`, Tesseract may be started."""
    home = os.path.realpath(folder)

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" or event in _CHANGES:
            _check_paths(event, arguments, home)
        elif programs and event in _STARTS_AND_ENDS:
            _check_program(event, arguments)
        elif event.startswith(_REFUSED_PREFIXES) or event in _REFUSED:
            raise _refusal(event)

    sys.addaudithook(refuse)


def _check_paths(event: str, arguments: tuple[Any, ...], home: str) -> None:
    writes = event != "open" or bool(arguments[2] & _WRITING)
    for path in arguments[:1] if event == "open" else arguments:
        if isinstance(path, str | bytes):
            full = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - links do not matter here
            _check_path(event, full, home, writes=writes)


def _check_path(event: str, path: str, home: str, *, writes: bool) -> None:
    if path == os.devnull or _is_beneath(path, home):
        return
    if writes or any(_is_beneath(path, other) for other in _OF_PROCESSES):
        raise _refusal(f"{event} of {path}")


def _is_beneath(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + os.sep)


def _check_program(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "os.kill" and os.path.basename(os.fsdecode(arguments[0])) != _PROGRAM:  # noqa: PTH119
        raise _refusal(event)


def _refusal(what: str) -> PermissionError:
    return PermissionError(f"{what} is refused while a document is parsed")
