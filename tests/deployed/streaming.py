"""The deployed `stream` function, in its own runtime client: Lambda's Runtime API on this machine.

Neither the emulator of Lambda's interface nor ministack streams a reply, so this does what Lambda
and API Gateway do with one: it takes the parts as they come and passes them on.
"""

import json
import os
import queue
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from footnote.local.function import InvocationError
from tests.deployed.artifacts import Artifact
from tests.deployed.runtimes import Runtime

_SEPARATOR = b"\0" * 8
_WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"

type Frame = dict[str, Any]


@dataclass(slots=True)
class Invocation:
    """One event on its way, and what came back of it so far; nothing more after None."""

    event: object
    timeout_s: int
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    frames: "queue.SimpleQueue[Frame | InvocationError | None]" = field(
        default_factory=queue.SimpleQueue
    )


class RuntimeApi(ThreadingHTTPServer):
    """What Lambda has at AWS_LAMBDA_RUNTIME_API; version 2018-06-01."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.waiting: queue.SimpleQueue[Invocation] = queue.SimpleQueue()
        self.begun: dict[str, Invocation] = {}
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()


class _Call(BaseHTTPRequestHandler):
    server: RuntimeApi
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        one = self.server.waiting.get()
        self.server.begun[one.id] = one
        event = json.dumps(one.event).encode()
        deadline_ms = int((time.time() + one.timeout_s) * 1000)
        self._reply(
            200, event, Aws_Request_Id=one.id, Deadline_Ms=deadline_ms, Invoked_Function_Arn="local"
        )

    def do_POST(self) -> None:
        one = self.server.begun.pop(self.path.split("/")[-2], None)
        if self.headers.get("Transfer-Encoding") == "chunked":
            assert one is not None
            assert self.headers["Lambda-Runtime-Function-Response-Mode"] == "streaming"
            _pass_on(self._chunks(), one)
        else:  # the error of an invocation, or of the import
            error = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            one = one or self.server.waiting.get()
            one.frames.put(InvocationError(error["errorType"], error["errorMessage"]))
        self._reply(202, b"")

    def _chunks(self) -> Iterator[bytes | InvocationError]:
        while length := int(self.rfile.readline(), 16):
            yield self.rfile.read(length)
            self.rfile.read(2)
        trailer = {}
        while line := self.rfile.readline().decode().strip():
            name, _, value = line.partition(": ")
            trailer[name] = value
        if kind := trailer.get("Lambda-Runtime-Function-Error-Type"):
            yield InvocationError(kind, "the reply broke off")

    def _reply(self, status: int, body: bytes, **runtime: object) -> None:
        self.send_response(status)
        for name, value in runtime.items():
            self.send_header(f"Lambda-Runtime-{name.replace('_', '-')}", str(value))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the function has a log of its own."""


def _pass_on(chunks: Iterator[bytes | InvocationError], one: Invocation) -> None:
    """The first chunk is the head with eight zeros behind it, each other one a part."""
    head = next(chunks)
    assert isinstance(head, bytes)
    assert head.endswith(_SEPARATOR)
    one.frames.put({"head": json.loads(head.removesuffix(_SEPARATOR))})
    for chunk in chunks:
        one.frames.put(chunk if isinstance(chunk, InvocationError) else {"part": chunk.decode()})
    one.frames.put(None)


class StreamingEnvironments:
    """Environments of the function, which is fetched when its first event comes."""

    def __init__(
        self, fetch: Callable[[], Artifact], runtime: Runtime, log: Path, number: int
    ) -> None:
        self._fetch, self._runtime, self._log, self._number = fetch, runtime, log, number
        self._api = RuntimeApi()
        self._starting = threading.Lock()
        self._processes: list[subprocess.Popen[bytes]] = []

    @cached_property
    def artifact(self) -> Artifact:
        """What was deployed."""
        return self._fetch()

    def stream(self, event: object) -> Generator[Frame]:
        """Run one event and give its frames, as the local front takes them.

        Raises:
            InvocationError: the function failed, perhaps behind some parts.
        """
        with self._starting:
            while len(self._processes) < self._number:
                self._processes.append(self._start())
        one = Invocation(event, self.artifact.timeout_s)
        self._api.waiting.put(one)
        while True:
            try:
                frame = one.frames.get(timeout=self.artifact.timeout_s)
            except queue.Empty:
                message = f"Task timed out after {self.artifact.timeout_s} seconds"
                raise InvocationError("Sandbox.Timedout", message) from None
            if frame is None:
                return
            if isinstance(frame, InvocationError):
                raise frame
            yield frame

    def stop(self) -> None:
        """End every environment."""
        for process in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._api.shutdown()
        self._api.server_close()

    def _start(self) -> "subprocess.Popen[bytes]":
        """As Lambda does: the wrapper gets the command line of Lambda's own client."""
        environment = self.artifact.environment
        command = [environment[_WRAPPER], self._runtime.python, "-m", "awslambdaric"]
        with self._log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 the command is our own
                [*command, self.artifact.handler],
                cwd=self.artifact.task,
                env=environment
                | {
                    "_HANDLER": self.artifact.handler,
                    "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._api.server_port}",
                },
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
