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
from footnote.parsing import ParsingLimits, SandboxedParser, partition
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
import sys, tempfile
from pathlib import Path
from footnote.parsing.confinement import confine
confine(folder=Path(tempfile.mkdtemp()), cpu_s=5, memory_mb=100)
{attempt}
"""


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        ("import socket; socket.socket()", "PermissionError: socket.__new__ is refused"),
        ("import subprocess; subprocess.run(['id'])", "PermissionError: subprocess.Popen is"),
        ("import os; os.system('id')", "PermissionError: os.system is refused"),
        ("import os; os.fork()", "PermissionError: os.fork is refused"),
        ("bytearray(200_000_000)", "MemoryError"),
        ("open('big', 'wb').write(bytes(70_000_000))", "File too large"),
    ],
)
def test_a_confined_process_is_refused(attempt: str, refusal: str) -> None:
    code = CONFINED.format(attempt=attempt)
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own code
    assert refusal in ran.stderr.decode()


def test_the_worker_knows_no_secret_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_GENERATION_API_KEY", "secret")
    before = set(_children_of(os.getpid()))
    with SandboxedParser() as own:
        own.partition(b"Body.", "a.md")
        (worker,) = set(_children_of(os.getpid())) - before
        assert b"secret" not in Path(f"/proc/{worker}/environ").read_bytes()
