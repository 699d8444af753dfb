"""The runtime client that streams, against a simulated Runtime API of Lambda."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import footnote.lambda_runtime

pytestmark = pytest.mark.integration
WRAPPER = Path(footnote.lambda_runtime.__file__).parent / "wrapper"
PACKAGE = WRAPPER.parents[2]
HANDLER = """
import time

def told(event):
    for part in event["parts"]:
        time.sleep(event["pause"])
        if part == "raise": raise ValueError("broken")
        yield part

def handler(event, context):
    if event.get("fail"): raise KeyError("no")
    headers = {"X-Left": [str(context.get_remaining_time_in_millis() > 1000)], "X-Id": ["a", "b"]}
    body = told(event) if "parts" in event else event["body"]
    return {"statusCode": 200, "multiValueHeaders": headers, "body": body}
"""

HOOKED = """
from snapshot_restore_py import register_after_restore, register_before_snapshot

told = []

@register_before_snapshot
def before(): told.append("before the snapshot")

@register_after_restore
def after(): told.append("restored")

def handler(event, context):
    return {"statusCode": 200, "body": ", ".join(told)}
"""


@dataclass
class Received:
    """What the client sent for one event: its path, headers, and chunks with their times."""

    path: str
    headers: dict[str, str]
    chunks: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    trailer: dict[str, str] = field(default_factory=dict)

    @property
    def head(self) -> dict[str, Any]:
        head: dict[str, Any] = json.loads(self.chunks[0].removesuffix(b"\0" * 8))
        return head


class RuntimeApiSimulator(ThreadingHTTPServer):
    """Hands out the events that the test puts in, and keeps what comes back."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.received: queue.SimpleQueue[Received] = queue.SimpleQueue()
        # What is answered to who asks to go on from a snapshot.
        self.restores: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.asked: list[str] = []

    def ask(self, event: dict[str, Any]) -> Received:
        self.events.put(event)
        return self.received.get(timeout=20)


class _Call(BaseHTTPRequestHandler):
    server: RuntimeApiSimulator
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/2018-06-01/runtime/restore/next":
            self.send_response(self.server.restores.get())
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        event = json.dumps(self.server.events.get()).encode()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "request-1")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 9000))
        self.send_header("Content-Length", str(len(event)))
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self) -> None:
        received = Received(path=self.path, headers=dict(self.headers.items()))
        if self.headers.get("Transfer-Encoding") == "chunked":
            self._read_chunks(received)
        else:
            received.chunks.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.received.put(received)

    def _read_chunks(self, received: Received) -> None:
        while length := int(self.rfile.readline(), 16):
            received.chunks.append(self.rfile.read(length))
            received.times.append(time.monotonic())
            self.rfile.read(2)
        while (line := self.rfile.readline().decode().strip()) != "":
            name, _, value = line.partition(": ")
            received.trailer[name] = value

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test output quiet."""


@pytest.fixture
def api() -> Iterator[RuntimeApiSimulator]:
    server = RuntimeApiSimulator()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def start(
    api: RuntimeApiSimulator, folder: Path, code: str | None = HANDLER, **variables: str
) -> "subprocess.Popen[bytes]":
    """Starts the client as Lambda does: through the wrapper, with its own client's command line."""
    if code is not None:
        (folder / "handler.py").write_text(code)
    environment = variables | {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
        "_HANDLER": "handler.handler",
        "LAMBDA_TASK_ROOT": str(folder),
        "PYTHONPATH": str(PACKAGE),
        "PATH": os.environ["PATH"],
    }
    command = [str(WRAPPER), sys.executable, "/var/runtime/bootstrap.py"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603


@pytest.fixture
def running(api: RuntimeApiSimulator, tmp_path: Path) -> Iterator[RuntimeApiSimulator]:
    process = start(api, tmp_path)
    yield api
    process.kill()
    process.wait()


def test_parts_are_sent_as_they_are_made_behind_the_head(running: RuntimeApiSimulator) -> None:
    received = running.ask({"parts": ["one", "zwö"], "pause": 0.3})
    assert received.path == "/2018-06-01/runtime/invocation/request-1/response"
    assert received.headers["Lambda-Runtime-Function-Response-Mode"] == "streaming"
    assert received.head == {"statusCode": 200, "headers": {"X-Left": "True", "X-Id": "a, b"}}
    assert [chunk.decode() for chunk in received.chunks[1:]] == ["one", "zwö"]
    assert received.times[2] - received.times[1] > 0.2


def test_a_reply_that_is_whole_is_sent_in_the_same_form(running: RuntimeApiSimulator) -> None:
    received = running.ask({"body": "an error"})
    assert received.chunks[0].endswith(b"\0" * 8)
    assert received.chunks[1:] == [b"an error"]


def test_parts_that_break_off_end_in_a_trailer_and_the_next_event_is_answered(
    running: RuntimeApiSimulator,
) -> None:
    received = running.ask({"parts": ["one", "raise"], "pause": 0})
    assert received.trailer["Lambda-Runtime-Function-Error-Type"] == "ValueError"
    assert running.ask({"body": "fine"}).chunks[1:] == [b"fine"]


def test_a_handler_that_raises_is_reported_by_its_type(running: RuntimeApiSimulator) -> None:
    received = running.ask({"fail": True})
    assert received.path.endswith("/invocation/request-1/error")
    assert json.loads(received.chunks[0])["errorType"] == "KeyError"


def test_a_handler_that_cannot_be_imported_ends_the_process(
    api: RuntimeApiSimulator, tmp_path: Path
) -> None:
    process = start(api, tmp_path, "import missing_module")
    received = api.received.get(timeout=20)
    assert received.path.endswith("/init/error")
    assert json.loads(received.chunks[0])["errorType"] == "ModuleNotFoundError"
    assert process.wait(timeout=10) == 1


def test_the_function_itself_answers_through_it(api: RuntimeApiSimulator) -> None:
    folder = PACKAGE.parent / "functions/stream"
    process = start(api, folder, code=None)
    event = json.loads((PACKAGE.parent / "events/stream-ask.json").read_text())
    received = api.ask(event)
    process.kill()
    process.wait()
    # No key came with it; what is told of that has the form that a streaming route wants.
    assert received.head["statusCode"] == 401
    assert json.loads(received.chunks[1])["error"]["code"] == "unauthorized"


@contextmanager
def snapshotted(
    api: RuntimeApiSimulator, folder: Path, code: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """The client as Lambda starts it where it is going to take a snapshot."""
    process = start(api, folder, code, AWS_LAMBDA_INITIALIZATION_TYPE="snap-start")
    yield process
    process.kill()
    process.wait()


def test_a_snapshot_is_taken_before_the_first_event_and_hooks_run_on_both_sides_of_it(
    api: RuntimeApiSimulator, tmp_path: Path
) -> None:
    with snapshotted(api, tmp_path, HOOKED):
        api.restores.put(200)
        assert api.ask({}).chunks[1:] == [b"before the snapshot, restored"]
    assert [path.split("runtime/")[1] for path in api.asked[:2]] == [
        "restore/next",
        "invocation/next",
    ]


def test_who_is_started_on_demand_waits_for_no_snapshot(running: RuntimeApiSimulator) -> None:
    assert running.ask({"body": "at once"}).chunks[1:] == [b"at once"]
    assert not [path for path in running.asked if "restore" in path]


@pytest.mark.parametrize(
    ("hook", "place", "kind", "code"),
    [
        ("register_before_snapshot", "init/error", "Runtime.BeforeSnapshotError", 64),
        ("register_after_restore", "restore/error", "Runtime.AfterRestoreError", 65),
    ],
)
def test_a_hook_that_raises_is_told_by_the_name_that_lambda_has_for_it(
    api: RuntimeApiSimulator, tmp_path: Path, hook: str, place: str, kind: str, code: int
) -> None:
    failing = f"import snapshot_restore_py as s\ns.{hook}(int, 'no number')\nhandler = print"
    api.restores.put(200)
    with snapshotted(api, tmp_path, failing) as process:
        received = api.received.get(timeout=20)
        assert process.wait(timeout=20) == code
    assert received.path == f"/2018-06-01/runtime/{place}"
    assert received.headers["Lambda-Runtime-Function-Error-Type"] == kind
    assert json.loads(received.chunks[0])["errorType"] == "ValueError"


def test_a_snapshot_that_lambda_refuses_ends_the_process_with_its_reason(
    api: RuntimeApiSimulator, tmp_path: Path
) -> None:
    api.restores.put(403)
    with snapshotted(api, tmp_path, HANDLER) as process:
        received = api.received.get(timeout=20)
        assert process.wait(timeout=20) == 64
    assert "403" in json.loads(received.chunks[0])["errorMessage"]
