"""Landlock: files, other processes and TCP as far as this process is let, by the kernel.

Source: Linux Documentation/userspace-api/landlock.rst. Unlike Python's own hook it also binds
native code, and what is named by a symbolic link.
"""

import ctypes
import os
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from footnote.parsing import kernel

# The same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
# What each version of the interface can refuse: to do with files, TCP, and what leaves the process.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
_TCP_SINCE, _BIND_AND_CONNECT = 4, 0b11
_SCOPE_SINCE, _ABSTRACT_SOCKETS_AND_SIGNALS = 6, 0b11
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE


@dataclass(frozen=True, slots=True)
class Place:
    """A path, and whether it is a folder: all beneath it is meant then."""

    path: str
    is_folder: bool

    @classmethod
    def at(cls, path: Path) -> Self:
        """As it is now."""
        return cls(str(path), path.is_dir())


class _Ruleset(ctypes.Structure):
    """`struct landlock_ruleset_attr`."""

    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    """`struct landlock_path_beneath_attr`."""

    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


class _Rules:
    """A ruleset of the kernel; `close` it when it is enforced."""

    def __init__(self, version: int) -> None:
        bits = max(count for since, count in _FILE_RIGHTS.items() if since <= version)
        self._all = (1 << bits) - 1
        asked = _Ruleset(self._all)
        asked.network = _BIND_AND_CONNECT if version >= _TCP_SINCE else 0
        asked.scoped = _ABSTRACT_SOCKETS_AND_SIGNALS if version >= _SCOPE_SINCE else 0
        # An older kernel takes the longer structure as long as what it does not know is zero.
        size = ctypes.sizeof(asked)
        self._fd = kernel.syscall(_CREATE_RULESET, ctypes.addressof(asked), size, 0)

    def let(self, place: Place, rights: int) -> Self:
        """What may be done with a path and all beneath it; one that is not there is passed over."""
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            parent = os.open(place.path, os.O_PATH | os.O_CLOEXEC)
            try:
                allowed = rights & self._all & (-1 if place.is_folder else _OF_A_FILE)
                rule = _PathBeneath(allowed, parent)
                address = ctypes.addressof(rule)
                kernel.syscall(_ADD_RULE, self._fd, _PATH_BENEATH, address, 0)
            finally:
                os.close(parent)
        return self

    def enforce(self) -> None:
        kernel.forbid_new_privileges()
        kernel.syscall(_RESTRICT_SELF, self._fd, 0)

    def close(self) -> None:
        os.close(self._fd)


def confine_files(*, own: Path, readable: Iterable[Place], programs: bool) -> None:
    """Everything in `own`, reading beneath `readable`, nothing elsewhere, from now on.

    With `programs`, what is readable may also be run; what the process writes never.

    Raises:
        OSError: the kernel has no Landlock, or it is switched off.
    """
    version = kernel.syscall(_CREATE_RULESET, 0, 0, _ASK_VERSION)
    with closing(_Rules(version)) as rules:
        rules.let(Place(str(own), is_folder=True), ~_EXECUTE)
        rules.let(Place(os.devnull, is_folder=False), _READ_FILE | _WRITE_FILE)
        for place in readable:
            rules.let(place, _READ_FILE | _READ_DIR | (_EXECUTE if programs else 0))
        rules.enforce()
