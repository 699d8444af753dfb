"""A Lambda function on this machine, and one of its execution environments seen from outside."""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections import deque
from collections.abc import Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from footnote.local import frames

INIT_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """How to run one function; `most` environments at once, of which `least` are kept warm."""

    name: str
    handler: Path
    environment: Mapping[str, str]
    log: Path
    timeout_s: float
    least: int = 2
    most: int = 2


class InvocationError(Exception):
    """The function failed; type and message are those of Lambda's own error reply."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(f"{error_type}: {message}")
        self.error_type = error_type

    @property
    def timed_out(self) -> bool:
        """Whether the function ran into its timeout."""
        return self.error_type == "Sandbox.Timedout"


class Environment:
    """One execution environment, seen from outside."""

    def __init__(self, function: Function) -> None:
        self._function = function
        self._init_failure: InvocationError | None = None
        self._channel, theirs = socket.socketpair()
        with theirs, function.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 the command is our own
                [sys.executable, "-m", "footnote.local.environment", str(function.handler)],
                stdin=theirs.fileno(),
                stdout=log,
                stderr=log,
                env=dict(function.environment),
                # A group of its own: a timeout ends what the handler forked as well.
                start_new_session=True,
            )

    def wait_for_import(self) -> None:
        """Return once the handler is imported, or failed to: then the first event is told."""
        try:
            self._exchange(time.monotonic() + INIT_TIMEOUT_S, INIT_TIMEOUT_S, "init")
        except InvocationError as error:
            self._init_failure = error
            self.stop()

    def invoke(self, event: object) -> object:
        """Run one event.

        Raises:
            InvocationError: the handler raised, ran out of time, or its process ended; in the
                last two cases this environment is gone.
        """
        return next(self._frames(event)).get("result")

    def stream(self, event: object) -> Generator[dict[str, object]]:
        """Run one event: a frame with its whole `result`, or one with the `head`, then each `part`.

        Whoever stops reading has the rest waited for: in Lambda the function runs on as well.

        Raises:
            InvocationError: as `invoke`, also behind some parts.
        """
        reply = self._frames(event)
        try:
            for frame in reply:  # noqa: UP028 - closing this must not close the other
                yield frame
        finally:
            with suppress(InvocationError):
                deque(reply, maxlen=0)

    def is_running(self) -> bool:
        """Whether it can take another event."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process and what it forked."""
        if self._process.returncode is None:  # its pid may be somebody else's afterwards
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._channel.close()

    def _frames(self, event: object) -> Generator[dict[str, object]]:
        """Everything that the other side says of one event."""
        if self._init_failure:
            raise self._init_failure
        timeout_s = self._function.timeout_s
        request_id = str(uuid.uuid4())
        invocation = {"event": event, "request_id": request_id, "timeout_s": timeout_s}
        deadline = time.monotonic() + timeout_s
        with suppress(OSError):  # it ended while idle: reading the reply tells
            frames.send(self._channel, invocation)
        while True:
            frame = self._exchange(deadline, timeout_s, request_id)
            if "end" in frame:
                return
            yield frame
            if "result" in frame:
                return

    def _exchange(self, deadline: float, timeout_s: float, request_id: str) -> dict[str, object]:
        try:
            reply = frames.receive(self._channel, deadline=deadline)
        except TimeoutError:
            self.stop()
            message = f"RequestId: {request_id} Error: Task timed out after {timeout_s:.2f} seconds"
            raise InvocationError("Sandbox.Timedout", message) from None
        except EOFError:
            self.stop()
            message = f"RequestId: {request_id} Error: Runtime exited with error: {self._end()}"
            raise InvocationError("Runtime.ExitError", message) from None
        assert isinstance(reply, dict)  # noqa: S101 our own side of the channel sends nothing else
        if failure := reply.get("error"):
            raise InvocationError(failure["errorType"], failure["errorMessage"])
        return reply

    def _end(self) -> str:
        status = self._process.returncode
        if status < 0:
            return f"signal: {signal.Signals(-status).name}"
        return f"exit status {status}"
