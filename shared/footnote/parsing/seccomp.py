"""A seccomp filter: system calls that no reader needs, refused by the kernel with EPERM.

Once in place it cannot be taken off, whatever the document makes the process run.
Source: Linux Documentation/userspace-api/seccomp_filter.rst; numbers from the kernel's tables.
"""

import ctypes
import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache

from footnote.parsing import kernel
from footnote.parsing.refused_calls import CLONE, CLONE3, PRLIMIT64, PROGRAMS, REFUSED, TGKILL

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_KILL_PROCESS, _ERRNO, _ALLOW = 0x8000_0000, 0x0005_0000, 0x7FFF_0000
# Classic BPF: load a word, compare it, return.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# Offsets in `struct seccomp_data`: the call, the architecture, and six arguments of eight bytes.
_CALL, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_CLONE_THREAD = 0x0001_0000
# Calls that came after this was written are answered as by an older kernel; also those of x86's
# second table (x32), which would be a way around the first.
_UNKNOWN_FROM = 470
# No process has this number, and no other constant of the filter has these bytes.
_OWN = b"\xfe\xca\xad\xde"
# `uname -m`: the AUDIT_ARCH number, and which of a call's two numbers counts.
_MACHINES = {"x86_64": (0xC000_003E, 0), "aarch64": (0xC000_00B7, 1)}

# Code, how many to skip where it is true and where not, and a constant.
Instruction = tuple[int, int, int, int]


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def refuse_calls(*, programs: bool) -> None:
    """Filters the calls of this process and its children from now on.

    With `programs` it may start others, as optical character recognition does.

    Raises:
        OSError: the kernel or this machine has no such filter.
    """
    code = _code(programs=programs).replace(_OWN, os.getpid().to_bytes(4, "little"))
    kept = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(kept))
    kernel.forbid_new_privileges()
    kernel.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(program))


def prepare(*, programs: bool) -> None:
    """Do beforehand, for all children, what takes longer than to put the filter in place."""
    with suppress(OSError):
        _code(programs=programs)


@cache
def _code(*, programs: bool) -> bytes:
    """The filter for every process: `_OWN` stands where its own number belongs."""
    own = int.from_bytes(_OWN, "little")
    return b"".join(map(_packed, instructions(os.uname().machine, own, programs=programs)))


def instructions(machine: str, own: int, *, programs: bool) -> Iterator[Instruction]:
    """The filter for a machine as `uname -m` names it, for the process of number `own`."""
    if machine not in _MACHINES:
        raise OSError(errno.ENOSYS, f"there is no filter for {machine}")
    architecture, column = _MACHINES[machine]
    yield _LOAD, 0, 0, _ARCHITECTURE
    yield from _unless(_EQUAL, architecture, _KILL_PROCESS)
    yield _LOAD, 0, 0, _CALL
    yield from _when(_AT_LEAST, _UNKNOWN_FROM, _ERRNO | errno.ENOSYS)
    refused = REFUSED if programs else REFUSED | PROGRAMS
    yield from _refusals(numbers[column] for numbers in refused.values())
    if not programs:
        # The C library then takes `clone`, whose flags stand in a register and not in memory.
        yield from _when(_EQUAL, CLONE3[column], _ERRNO | errno.ENOSYS)
        yield from _refused_unless(CLONE[column], (0, _ANY_BIT, _CLONE_THREAD))
        # To itself a process may send signals: that is how `abort` ends it.
        yield from _refused_unless(TGKILL[column], (0, _EQUAL, own))
    # Limits may be read, not set: the third argument is the address of the new ones.
    yield from _refused_unless(PRLIMIT64[column], (4, _EQUAL, 0), (5, _EQUAL, 0))
    yield _RETURN, 0, 0, _ALLOW


def _refusals(numbers: Iterable[int]) -> Iterator[Instruction]:
    """One comparison for each and one verdict for all: the last falls over it where it differs."""
    known = sorted(number for number in set(numbers) if number >= 0)
    for left, number in zip(range(len(known) - 1, -1, -1), known, strict=True):
        yield _EQUAL, left, 0 if left else 1, number
    yield _RETURN, 0, 0, _ERRNO | errno.EPERM


def _when(test: int, value: int, verdict: int) -> Iterator[Instruction]:
    yield test, 0, 1, value
    yield _RETURN, 0, 0, verdict


def _unless(test: int, value: int, verdict: int) -> Iterator[Instruction]:
    yield test, 1, 0, value
    yield _RETURN, 0, 0, verdict


def _refused_unless(number: int, *conditions: tuple[int, int, int]) -> Iterator[Instruction]:
    """The call is decided here, by words of four bytes among its arguments; others pass by."""
    yield _EQUAL, 0, 3 * len(conditions) + 1, number
    for word, test, value in conditions:
        yield _LOAD, 0, 0, _ARGUMENTS + 4 * word
        yield from _unless(test, value, _ERRNO | errno.EPERM)
    yield _RETURN, 0, 0, _ALLOW


def _packed(instruction: Instruction) -> bytes:
    """`struct sock_filter`: code, the two jumps, and the constant."""
    code, when_true, when_false, value = instruction
    return code.to_bytes(2, "little") + bytes((when_true, when_false)) + value.to_bytes(4, "little")
