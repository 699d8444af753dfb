"""The sandbox survives what files do to parsers, and gives them nothing to take."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from footnote.domain.errors import FailedDocumentError, SkippedDocumentError
from footnote.parsing import ParsingLimits, SandboxedParser, partition, worker
from footnote.parsing.confinement import Guard, guards_of_this_kernel
from tests.builders import docx

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def parser() -> Iterator[SandboxedParser]:
    with SandboxedParser(timeout_s=20, memory_mb=400) as shared:
        yield shared


def test_the_sandbox_returns_what_the_readers_return(parser: SandboxedParser) -> None:
    content = docx(("Heading 1", "Guide"), ("Normal", "All of it."), title="The Guide")
    assert parser.partition(content, "a.docx") == partition(content, "a.docx", ParsingLimits())


def test_reasons_pass_through_the_sandbox(parser: SandboxedParser) -> None:
    with pytest.raises(SkippedDocumentError, match=r"\.doc is not supported"):
        parser.partition(b"x", "a.doc")
    with pytest.raises(FailedDocumentError, match="not a PDF file"):
        parser.partition(b"x", "a.pdf")


def test_limits_reach_the_child() -> None:
    with (
        SandboxedParser(limits=ParsingLimits(max_text_chars=3)) as strict,
        pytest.raises(FailedDocumentError, match="more than 3 characters"),
    ):
        strict.partition(b"Body.", "a.md")


def test_a_file_that_takes_too_long_fails_and_the_next_one_works() -> None:
    rows = b"<p>and one more line</p>" * 400_000
    with SandboxedParser(timeout_s=0.3) as hasty:
        with pytest.raises(FailedDocumentError, match=r"parsing took longer than 0\.3 s"):
            hasty.partition(rows, "a.html")
        assert hasty.partition(b"Body.", "a.md").elements


def test_a_file_that_takes_too_much_memory_fails_and_the_next_one_works() -> None:
    with SandboxedParser(memory_mb=40) as small:
        with pytest.raises(FailedDocumentError, match="more than 40 MB of memory"):
            small.partition(b"one line\n\n" * 2_000_000, "a.txt")
        assert small.partition(b"Body.", "a.txt").elements


def test_a_text_of_many_short_paragraphs_takes_little_memory() -> None:
    with SandboxedParser(memory_mb=150) as small:
        document = small.partition(b"word list\n\n" * 150_000, "a.txt")
    assert len(document.elements) == 150_000


def _children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def test_a_worker_that_was_killed_is_replaced() -> None:
    with SandboxedParser() as own:
        before = set(_children_of(os.getpid()))
        own.partition(b"Body.", "a.md")
        (worker,) = set(_children_of(os.getpid())) - before
        os.kill(worker, signal.SIGKILL)
        assert own.partition(b"Body.", "a.md").elements


def test_closing_leaves_no_process_and_no_folder() -> None:
    before = set(_children_of(os.getpid()))
    with SandboxedParser() as own:
        own.partition(b"Body.", "a.md")
        assert set(_children_of(os.getpid())) > before
    assert set(_children_of(os.getpid())) == before


STALLED = """
from footnote.parsing import SandboxedParser
SandboxedParser().partition(b"<p>and one more line</p>" * 400_000, "a.html")
"""


def _runs(pid: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _only_child_of(pid: int, deadline: float) -> int:
    while not (found := _children_of(pid)):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found[0]


def test_a_parent_that_is_killed_leaves_no_process_behind() -> None:
    parent = subprocess.Popen([sys.executable, "-c", STALLED])  # noqa: S603 - our own code
    with parent:
        worker = _only_child_of(parent.pid, time.monotonic() + 20)
        child = _only_child_of(worker, time.monotonic() + 20)
        parent.kill()
    deadline = time.monotonic() + 5
    while (left := list(filter(_runs, (worker, child)))) and time.monotonic() < deadline:
        time.sleep(0.02)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert left == []


class _InterruptedError(Exception):
    """What a signal raises amid a wait."""


def _interrupt(_number: int, _frame: object) -> None:
    raise _InterruptedError


def test_the_reply_to_an_interrupted_document_does_not_reach_the_next_one() -> None:
    before = signal.signal(signal.SIGALRM, _interrupt)
    with SandboxedParser() as own:
        own.partition(b"<p>Body.</p>", "a.html")
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(_InterruptedError):
            own.partition(b"<p>of document one</p>" * 20_000, "a.html")
        signal.signal(signal.SIGALRM, before)
        (element,) = own.partition(b"<p>of document two</p>", "a.html").elements
    assert element.text == "of document two"


def test_threads_take_turns(parser: SandboxedParser) -> None:
    found: dict[int, str] = {}

    def ask(number: int) -> None:
        document = parser.partition(f"Body {number}.".encode(), "a.md")
        found[number] = document.elements[0].text

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: f"Body {number}." for number in range(8)}


CONFINED = """
import ctypes, os, sys, tempfile
from pathlib import Path
from footnote.parsing.confinement import Guard, confine
libc = ctypes.CDLL(None, use_errno=True)
name = ctypes.create_string_buffer(b"/bin/true")
parent = os.getppid()
elsewhere = b"/tmp/footnote-refused-%d" % parent
guards = Guard({guards})
confine(
    folder=Path(tempfile.mkdtemp()), cpu_s=5, memory_mb=100, guards=guards, programs={programs}
)
def native(result):
    raise SystemExit(os.strerror(ctypes.get_errno()) if result < 0 else f"done: {{result}}")
{attempt}
"""


NONE = Guard(0)


def _said(attempt: str, guards: Guard = NONE, *, programs: bool = False) -> str:
    code = CONFINED.format(attempt=attempt, guards=guards.value, programs=programs)
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own code
    return ran.stderr.decode().strip()


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        ("import socket; socket.socket()", "PermissionError: socket.__new__ is refused"),
        ("import subprocess; subprocess.run(['id'])", "PermissionError: subprocess.Popen is"),
        ("os.system('id')", "PermissionError: os.system is refused"),
        ("os.fork()", "PermissionError: os.fork is refused"),
        ("os.kill(parent, 0)", "PermissionError: os.kill is refused"),
        ("open(elsewhere, 'w')", "open of /tmp/footnote-refused-"),
        ("os.rename('/tmp', '/tmp2')", "os.rename of /tmp is refused"),
        ("os.symlink('/', 'root')", "os.symlink is refused"),
        ("open(f'/proc/{parent}/environ')", "environ is refused"),
        ("bytearray(200_000_000)", "MemoryError"),
        ("open('big', 'wb').write(bytes(70_000_000))", "File too large"),
        ("open('own', 'w').write('text'); sys.exit('done')", "done"),
    ],
    ids=range(12),
)
def test_python_in_a_confined_process_is_refused(attempt: str, refusal: str) -> None:
    assert refusal in _said(attempt)


# What a document can make of a parser that it took over: calls without Python.
NATIVE = {
    "socket": "libc.socket(2, 1, 0)",
    "local socket": "libc.socket(1, 1, 0)",
    "exec": "libc.execv(name, (ctypes.c_char_p * 2)(name.value, None))",
    "fork": "libc.fork()",
    "signal": "libc.kill(parent, 0)",
    "trace": "libc.ptrace(0, 0, 0, 0)",
    "io_uring": "libc.syscall(425, 1, 0)",
    "mount": "libc.mount(name, name, 0, 0, 0)",
    "name space": "libc.unshare(0x10000000)",
    "hidden memory": "libc.memfd_create(name, 0)",
    "higher limit": "libc.setrlimit(0, (ctypes.c_ulong * 2)(600, 600))",
    "own session": "libc.setsid()",
}
OF_FILES = {
    "password file": "libc.open(b'/etc/passwd', 0)",
    "own environment": "libc.open(b'/proc/self/environ', 0)",
    "environment of another": "libc.open(b'/proc/%d/environ' % parent, 0)",
    "file elsewhere": "libc.open(elsewhere, 0o102, 0o600)",
    "folder elsewhere": "libc.mkdir(elsewhere, 0o700)",
    "through a link": "libc.symlink(b'/tmp', b'l') or libc.open(b'l/footnote-refused', 0o102)",
}


@pytest.fixture(scope="module")
def guards() -> Guard:
    return guards_of_this_kernel()


@pytest.mark.parametrize("attempt", NATIVE.values(), ids=NATIVE)
def test_the_kernel_refuses_calls_that_no_reader_needs(attempt: str, guards: Guard) -> None:
    if Guard.CALLS not in guards:
        pytest.skip("this kernel has no seccomp filters")
    assert _said(f"native({attempt})", Guard.CALLS) == "Operation not permitted"


@pytest.mark.parametrize("attempt", OF_FILES.values(), ids=OF_FILES)
def test_the_kernel_refuses_files_that_are_not_its_own(attempt: str, guards: Guard) -> None:
    if Guard.FILES not in guards:
        pytest.skip("this kernel has no Landlock")
    assert _said(f"native({attempt})", Guard.FILES) == "Permission denied"


def test_with_programs_others_run_but_reach_no_network_and_no_file(guards: Guard) -> None:
    if guards != Guard.CALLS | Guard.FILES:
        pytest.skip("this kernel has no seccomp filters or no Landlock")
    assert _said("native(libc.system(b'exit 7'))", guards, programs=True) == f"done: {7 << 8}"
    assert "not permitted" in _said("native(libc.socket(2, 1, 0))", guards, programs=True)
    assert "denied" in _said("native(libc.open(b'/etc/passwd', 0))", guards, programs=True)
    assert "subprocess.Popen is refused" in _said(
        "import subprocess; subprocess.run(['id'])", guards, programs=True
    )


def test_what_a_confined_process_wrote_it_cannot_run(guards: Guard) -> None:
    if Guard.FILES not in guards:
        pytest.skip("this kernel has no Landlock")
    attempt = """
import shutil; shutil.copyfile("/bin/true", "own"); libc.chmod(b"own", 0o700)
native(libc.execv(b"own", (ctypes.c_char_p * 2)(b"own", None)))
"""
    assert _said(attempt, Guard.FILES, programs=True) == "Permission denied"


def test_the_log_names_once_what_the_kernel_lacks(capsys: pytest.CaptureFixture[str]) -> None:
    worker._warn_of_missing(Guard.CALLS | Guard.FILES)
    assert capsys.readouterr().err == ""
    worker._warn_of_missing(Guard.FILES)
    assert '"WARNING"' in (said := capsys.readouterr().err)
    assert "has no seccomp filters;" in said


ABANDONING = """
import os, time
from footnote.parsing import kernel, worker
kernel.adopt_orphans()
child = os.fork()
if child == 0:
    os.system("sleep 60 & sleep 61 &")
    time.sleep(62)
time.sleep(0.5)
worker._end(child)
raise SystemExit(f"left: {worker._children()}")
"""


def test_programs_that_outlive_the_child_are_ended_with_it() -> None:
    start = time.monotonic()
    ran = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", ABANDONING], capture_output=True, check=False
    )
    assert ran.stderr.strip() == b"left: []"
    assert time.monotonic() - start < 30


PIPES = """
import os
from footnote.parsing import worker
source, target = os.pipe()
worker._drop_descriptors(keep=target)
opened = [number for number in range(64) if os.path.exists(f"/proc/self/fd/{number}")]
silent = all(os.readlink(f"/proc/self/fd/{number}") == os.devnull for number in opened[:3])
os._exit(0 if silent and opened[3:] == [target] else 1)
"""


def test_the_child_has_no_pipe_but_its_own() -> None:
    command = [sys.executable, "-c", PIPES]
    assert subprocess.run(command, stdin=subprocess.PIPE, check=False).returncode == 0  # noqa: S603


def test_the_worker_knows_no_secret_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_GENERATION_API_KEY", "secret")
    before = set(_children_of(os.getpid()))
    with SandboxedParser() as own:
        own.partition(b"Body.", "a.md")
        (worker,) = set(_children_of(os.getpid())) - before
        assert b"secret" not in Path(f"/proc/{worker}/environ").read_bytes()
