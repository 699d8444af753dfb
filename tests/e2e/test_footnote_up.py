"""`footnote up` from a person's side: files in over S3, questions over HTTP, and a restart."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from footnote.aws.bucket import Bucket
from footnote.aws.session import s3_client
from footnote.client import ApiClient, ApiRefusedError, ApiUnreachableError

pytestmark = pytest.mark.e2e

FOOTNOTE = str(Path(sys.executable).parent / "footnote")
KEY = "travel/handbook.md"
QUESTION = "When are receipts due?"
START_TIMEOUT_S = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually[T](look: Callable[[], T], wanted: Callable[[T], bool], within_s: float = 20) -> T:
    deadline = time.monotonic() + within_s
    while not wanted(found := look()):
        assert time.monotonic() < deadline, f"still {found}"
        time.sleep(0.1)
    return found


class System:
    """One data folder with its ports, started as often as a test wants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.s3_port = free_port(), free_port()
        self.api = ApiClient(f"http://127.0.0.1:{self.port}")
        self.bucket = Bucket(s3_client(f"http://127.0.0.1:{self.s3_port}"), "footnote-documents")
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        ports = ["--port", str(self.port), "--s3-port", str(self.s3_port)]
        return [FOOTNOTE, "up", *ports, "--data-dir", str(self.folder), "--no-sample"]

    def start(self) -> None:
        with (self.folder.parent / "up.out").open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 the command under test
                self.command(), stdout=output, stderr=output
            )
        eventually(self._healthy, bool, START_TIMEOUT_S)

    def signal(self, number: int) -> int:
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(timeout=30)

    def family(self) -> list[psutil.Process]:
        assert self.process
        return psutil.Process(self.process.pid).children(recursive=True)

    def put(self, text: str) -> None:
        self.bucket.put(KEY, text.encode(), "text/markdown")

    def ask(self) -> dict[str, Any]:
        return self.api.ask(QUESTION, "travel")

    def answers(self, words: str) -> dict[str, Any]:
        return eventually(self.ask, lambda reply: words in reply["answer"])

    def _healthy(self) -> bool:
        assert self.process
        assert self.process.poll() is None, (self.folder.parent / "up.out").read_text()
        try:
            return bool(self.api.health()["status"] == "ok")
        except (ApiUnreachableError, ApiRefusedError):
            return False


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("up") / "data")
    running.start()
    yield running
    assert running.signal(signal.SIGTERM) == 0


def test_an_upload_is_answered_with_its_verbatim_source(system: System) -> None:
    system.put("# Travel\n\nReceipts are due within 30 days of the journey.\n")
    reply = system.answers("30 days")
    citation = reply["citations"][0]
    assert citation["key"] == KEY
    assert citation["quote"] in "Receipts are due within 30 days of the journey."
    assert f"[{citation['marker']}]" in reply["answer"]


def test_an_overwritten_document_answers_with_its_new_text_only(system: System) -> None:
    system.put("# Travel\n\nReceipts are due within 45 days of the journey.\n")
    assert "30 days" not in system.answers("45 days")["answer"]


def test_a_presigned_upload_becomes_knowledge(system: System) -> None:
    text = b"# Canteen\n\nLunch is served from noon until two o'clock.\n"
    ticket = system.api.upload("canteen", "lunch.md", text)
    assert ticket["key"] == "canteen/lunch.md"
    eventually(
        lambda: system.api.ask("When is lunch served?", "canteen"),
        lambda reply: "noon" in reply["answer"],
    )


def test_a_file_that_cannot_be_read_says_why(system: System) -> None:
    system.api.upload("broken", "report.pdf", b"no pdf at all")
    documents = eventually(
        lambda: list(system.api.documents("broken")),
        lambda found: bool(found) and found[0]["status"] == "failed",
    )
    assert documents[0]["reason"]


def test_the_page_is_served_with_its_style_and_scripts(system: System) -> None:
    import urllib3

    http = urllib3.PoolManager()
    page = http.request("GET", f"{system.api.url}/")
    parts = re.findall(r'(?:href|src)="(page/[^"]+)"', page.data.decode())
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert {"page/page.css", "page/page.js"} < set(parts)
    replies = [http.request("GET", f"{system.api.url}/{part}") for part in parts]
    assert {reply.status for reply in replies} == {200}
    http.clear()


def test_a_second_start_on_the_same_folder_says_who_holds_it(system: System) -> None:
    second = subprocess.run(  # noqa: S603 the command under test
        system.command(), capture_output=True, text=True, timeout=30, check=False
    )
    assert system.process
    assert second.returncode == 1
    assert f"process {system.process.pid}" in " ".join(second.stdout.split())


def test_documents_and_index_outlive_a_stop_which_leaves_no_process(system: System) -> None:
    system.put("# Travel\n\nReceipts are due within 60 days of the journey.\n")
    system.answers("60 days")
    family = system.family()
    assert system.signal(signal.SIGINT) == 0
    assert psutil.wait_procs(family, timeout=20)[1] == []
    system.start()
    assert "60 days" in system.ask()["answer"]


def test_an_upload_just_before_a_kill_is_known_after_the_restart(system: System) -> None:
    system.put("# Travel\n\nReceipts are due within 90 days of the journey.\n")
    for process in system.family():
        with suppress(psutil.NoSuchProcess):  # a parser that had just finished
            process.kill()
    system.signal(signal.SIGKILL)
    system.start()
    system.answers("90 days")


@pytest.mark.parametrize("signals", [[signal.SIGINT, signal.SIGINT], [signal.SIGKILL]])
def test_neither_impatience_nor_a_kill_leaves_a_process(
    system: System, signals: list[signal.Signals]
) -> None:
    system.api.upload("slow", "broken.pdf", b"no pdf at all")  # a parser is at work, or was
    family = system.family()
    assert system.process
    for number in signals:
        system.process.send_signal(number)
        time.sleep(0.2)
    system.process.wait(timeout=30)
    assert psutil.wait_procs(family, timeout=20)[1] == []
    system.start()


def test_a_website_that_a_person_visits_cannot_wipe_the_bucket(system: System) -> None:
    import urllib3

    system.put("# Travel\n\nReceipts are due within 80 days of the journey.\n")
    address = f"http://127.0.0.1:{system.s3_port}/_ministack/reset"
    headers = {"Origin": "https://evil.example", "Content-Type": "text/plain"}
    assert urllib3.request("POST", address, headers=headers, retries=False).status == 403
    assert not system.bucket.current()[KEY].deleted


def test_a_deleted_document_is_no_longer_cited(system: System) -> None:
    system.put("# Travel\n\nReceipts are due within 75 days of the journey.\n")
    system.answers("75 days")
    documents = [d for d in system.api.documents("travel") if d["key"] == KEY]
    assert len(documents) == 1
    s3_client(f"http://127.0.0.1:{system.s3_port}").delete_object(
        Bucket="footnote-documents", Key=KEY
    )
    assert eventually(system.ask, lambda reply: reply["status"] == "declined")["citations"] == []
