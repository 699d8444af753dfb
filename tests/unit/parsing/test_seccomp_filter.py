"""The filter of system calls, run by an interpreter of its own, for both machines."""

import errno
import os

import pytest

from footnote.parsing import seccomp
from footnote.parsing.refused_calls import CLONE, CLONE3, PRLIMIT64, PROGRAMS, REFUSED, TGKILL
from footnote.parsing.seccomp import Instruction, instructions

_ALLOWED, _KILLED = 0x7FFF_0000, 0x8000_0000
_MACHINES = {"x86_64": (0xC000_003E, 0), "aarch64": (0xC000_00B7, 1)}
_READ = {"x86_64": 0, "aarch64": 63}


def _verdict(code: list[Instruction], words: dict[int, int]) -> int:
    """What the kernel's machine for classic BPF would return; `words` are by their offset."""
    at, held = 0, 0
    while True:
        operation, if_true, if_false, value = code[at]
        at += 1
        if operation == 0x06:
            return value
        if operation == 0x20:
            held = words.get(value, 0)
            continue
        met = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[operation]
        at += if_true if met else if_false


def _answer(
    machine: str, call: int, arguments: dict[int, int] | None = None, *, programs: bool = False
) -> int:
    """0 or an errno; `arguments` are words of four bytes by their place."""
    words = {16 + 4 * place: word for place, word in (arguments or {}).items()}
    architecture = {0: call, 4: _MACHINES[machine][0]}
    code = list(instructions(machine, os.getpid(), programs=programs))
    verdict = _verdict(code, architecture | words)
    return 0 if verdict == _ALLOWED else verdict & 0xFFFF


@pytest.mark.parametrize("machine", _MACHINES)
def test_what_readers_need_passes_and_what_they_do_not_is_refused(machine: str) -> None:
    column = _MACHINES[machine][1]
    assert _answer(machine, _READ[machine]) == 0
    refused = [numbers[column] for numbers in (REFUSED | PROGRAMS).values() if numbers[column] >= 0]
    assert {_answer(machine, number) for number in refused} == {errno.EPERM}
    assert len(set(refused)) == len(refused)


@pytest.mark.parametrize("machine", _MACHINES)
def test_only_with_programs_others_may_be_started(machine: str) -> None:
    column = _MACHINES[machine][1]
    execve, socket = PROGRAMS["execve"][column], REFUSED["socket"][column]
    assert _answer(machine, execve, programs=True) == 0
    assert _answer(machine, CLONE[column], programs=True) == 0
    assert _answer(machine, socket, programs=True) == errno.EPERM


@pytest.mark.parametrize("machine", _MACHINES)
def test_threads_may_be_started_and_processes_not(machine: str) -> None:
    column = _MACHINES[machine][1]
    assert _answer(machine, CLONE[column], {0: 0x0001_0000}) == 0
    assert _answer(machine, CLONE[column], {0: 0x11}) == errno.EPERM
    assert _answer(machine, CLONE3[column]) == errno.ENOSYS


@pytest.mark.parametrize("machine", _MACHINES)
def test_signals_go_to_the_process_itself_alone(machine: str) -> None:
    number = TGKILL[_MACHINES[machine][1]]
    assert _answer(machine, number, {0: os.getpid()}) == 0
    assert _answer(machine, number, {0: os.getppid()}) == errno.EPERM


@pytest.mark.parametrize("machine", _MACHINES)
@pytest.mark.parametrize(("place", "answer"), [(3, 0), (4, errno.EPERM), (5, errno.EPERM)])
def test_limits_may_be_read_but_not_set(machine: str, place: int, answer: int) -> None:
    assert _answer(machine, PRLIMIT64[_MACHINES[machine][1]], {place: 1}) == answer


@pytest.mark.parametrize("call", [500, 0x4000_0029])
def test_calls_of_later_kernels_and_of_other_tables_are_not_known(call: int) -> None:
    assert _answer("x86_64", call) == errno.ENOSYS


def test_a_call_of_another_architecture_ends_the_process() -> None:
    code = list(instructions("x86_64", os.getpid(), programs=False))
    assert _verdict(code, {0: 0, 4: 0x4000_0003}) == _KILLED


def test_a_machine_without_numbers_has_no_filter() -> None:
    with pytest.raises(OSError, match="no filter for riscv64"):
        list(instructions("riscv64", os.getpid(), programs=False))


@pytest.mark.parametrize("programs", [False, True])
def test_what_is_prepared_for_all_processes_becomes_the_filter_of_one(programs: bool) -> None:
    prepared = seccomp._code(programs=programs)
    assert prepared.count(seccomp._OWN) == (0 if programs else 1)
    own = prepared.replace(seccomp._OWN, os.getpid().to_bytes(4, "little"))
    machine = os.uname().machine
    wanted = instructions(machine, os.getpid(), programs=programs)
    assert own == b"".join(map(seccomp._packed, wanted))
