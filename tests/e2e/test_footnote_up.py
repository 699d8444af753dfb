"""`footnote up` from a person's side: files in over S3, questions over HTTP, and a restart."""

import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psutil
import pytest

from footnote.aws.session import s3_client
from tests.running_system import FOOTNOTE, System, eventually, folder_for_a_system

pytestmark = pytest.mark.e2e

KEY = "travel/handbook.md"
QUESTION = "When are receipts due?"


class Travel(System):
    """A system with one document, and one question about it."""

    def put(self, text: str) -> None:
        self.bucket.put(KEY, text.encode(), "text/markdown")

    def ask(self) -> dict[str, Any]:
        return self.api.ask(QUESTION, "travel")

    def answers(self, words: str) -> dict[str, Any]:
        return eventually(self.ask, lambda reply: words in reply["answer"])


@pytest.fixture(scope="module")
def system() -> Iterator[Travel]:
    with folder_for_a_system() as folder:
        running = Travel(folder)
        running.start()
        yield running
        running.stop()


def test_an_upload_is_answered_with_its_verbatim_source(system: Travel) -> None:
    system.put("# Travel\n\nReceipts are due within 30 days of the journey.\n")
    reply = system.answers("30 days")
    citation = reply["citations"][0]
    assert citation["key"] == KEY
    assert citation["quote"] in "Receipts are due within 30 days of the journey."
    assert f"[{citation['marker']}]" in reply["answer"]


def test_the_canary_goes_in_is_answered_and_goes_out(system: Travel) -> None:
    address = f"http://127.0.0.1:{system.port}"
    command = [FOOTNOTE, "canary", "--json", "--api", address, "--patience", "30"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)  # noqa: S603
    assert ran.returncode == 0, ran.stderr
    flight = json.loads(ran.stdout)
    assert 0 < flight["put_to_answerable_ms"] < 30_000
    assert 0 < flight["delete_to_gone_ms"] < 30_000
    assert system.api.document_counts("canary").get("ready", 0) == 0


def test_the_same_answer_comes_as_a_stream(system: Travel) -> None:
    events = list(system.api.ask_stream(QUESTION, "travel"))
    names = [name for name, _ in events]
    (done,) = [content for name, content in events if name == "done"]
    assert (names[0], names[-1]) == ("passages", "done")
    assert "".join(told["text"] for name, told in events if name == "token") == done["answer"]
    assert done["answer"] == system.ask()["answer"]


def test_an_overwritten_document_answers_with_its_new_text_only(system: Travel) -> None:
    system.put("# Travel\n\nReceipts are due within 45 days of the journey.\n")
    assert "30 days" not in system.answers("45 days")["answer"]


def test_a_presigned_upload_becomes_knowledge(system: Travel) -> None:
    text = b"# Canteen\n\nLunch is served from noon until two o'clock.\n"
    ticket = system.api.upload("canteen", "lunch.md", text)
    assert ticket["key"] == "canteen/lunch.md"
    eventually(
        lambda: system.api.ask("When is lunch served?", "canteen"),
        lambda reply: "noon" in reply["answer"],
    )


def test_a_file_that_cannot_be_read_says_why(system: Travel) -> None:
    system.api.upload("broken", "report.pdf", b"no pdf at all")
    documents = eventually(
        lambda: list(system.api.documents("broken")),
        lambda found: bool(found) and found[0]["status"] == "failed",
    )
    assert documents[0]["reason"]


def test_the_page_is_served_with_its_style_and_scripts(system: Travel) -> None:
    import urllib3

    http = urllib3.PoolManager()
    page = http.request("GET", f"{system.api.url}/")
    parts = re.findall(r'(?:href|src)="(page/[^"]+)"', page.data.decode())
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert set(parts) == {"page/page.css", "page/page.js"}
    replies = [http.request("GET", f"{system.api.url}/{part}") for part in parts]
    assert {reply.status for reply in replies} == {200}
    http.clear()


def test_a_second_start_on_the_same_folder_says_who_holds_it(system: Travel) -> None:
    second = subprocess.run(  # noqa: S603 the command under test
        system.command(), capture_output=True, text=True, timeout=30, check=False
    )
    assert system.process
    assert second.returncode == 1
    assert f"process {system.process.pid}" in " ".join(second.stdout.split())


def test_documents_and_index_outlive_a_stop_which_leaves_no_process(system: Travel) -> None:
    system.put("# Travel\n\nReceipts are due within 60 days of the journey.\n")
    system.answers("60 days")
    family = system.family()
    assert system.signal(signal.SIGINT) == 0
    assert psutil.wait_procs(family, timeout=20)[1] == []
    system.start()
    assert "60 days" in system.ask()["answer"]


def test_an_upload_just_before_a_kill_is_known_after_the_restart(system: Travel) -> None:
    system.put("# Travel\n\nReceipts are due within 90 days of the journey.\n")
    for process in system.family():
        with suppress(psutil.NoSuchProcess):  # a parser that had just finished
            process.kill()
    system.signal(signal.SIGKILL)
    system.start()
    system.answers("90 days")


@pytest.mark.parametrize("signals", [[signal.SIGINT, signal.SIGINT], [signal.SIGKILL]])
def test_neither_impatience_nor_a_kill_leaves_a_process(
    system: Travel, signals: list[signal.Signals]
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


def test_a_website_that_a_person_visits_cannot_wipe_the_bucket(system: Travel) -> None:
    import urllib3

    system.put("# Travel\n\nReceipts are due within 80 days of the journey.\n")
    address = f"http://127.0.0.1:{system.s3_port}/_ministack/reset"
    headers = {"Origin": "https://evil.example", "Content-Type": "text/plain"}
    assert urllib3.request("POST", address, headers=headers, retries=False).status == 403
    assert not system.bucket.current()[KEY].deleted


def test_a_deleted_document_is_no_longer_cited(system: Travel) -> None:
    system.put("# Travel\n\nReceipts are due within 75 days of the journey.\n")
    system.answers("75 days")
    documents = [d for d in system.api.documents("travel") if d["key"] == KEY]
    assert len(documents) == 1
    s3_client(f"http://127.0.0.1:{system.s3_port}").delete_object(
        Bucket="footnote-documents", Key=KEY
    )
    assert eventually(system.ask, lambda reply: reply["status"] == "declined")["citations"] == []
