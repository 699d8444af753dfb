"""The few system calls that Python has no function for, and the error when one is refused."""

import ctypes
import os

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True)
_libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
_libc.syscall.restype = ctypes.c_long


def prctl(option: int, second: int, third: int = 0) -> None:
    """See `man 2 prctl`; raises OSError."""
    _checked(_libc.prctl(option, second, third, 0, 0))


def syscall(number: int, *arguments: int) -> int:
    """A call by its number, with integers and addresses; raises OSError."""
    wide = [ctypes.c_long(argument) for argument in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *wide))


def forbid_new_privileges() -> None:
    """What the kernel asks for before a process may confine itself."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def adopt_orphans() -> None:
    """From now on, what the children of this process leave behind becomes its own child."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _checked(result: int) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
