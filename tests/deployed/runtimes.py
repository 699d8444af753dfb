"""Built functions in the real runtime: Lambda's emulator of its interface, and its own client."""

import http.client
import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.environments import make_environment, python_of

from footnote.local.function import InvocationError
from footnote.local.pool import ThrottledError
from tests.deployed.artifacts import Artifact
from tests.running_system import free_port

ROOT = Path(__file__).parents[2]
_ENVIRONMENT = "runtime-client"
_START_TIMEOUT_S = 10.0
_HOST = "127.0.0.1"
_PATH = "/2015-03-31/functions/function/invocations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The emulator that SAM CLI ships, and a Python that has the client and nothing else."""

    emulator: str
    python: str


def find_runtime() -> Runtime:
    """The runtime, installed where it is missing."""
    listed = ROOT / ".cache" / "runtime-client.txt"
    listed.parent.mkdir(exist_ok=True)
    uv = os.environ.get("UV", "uv")
    export = [uv, "export", "--frozen", "--quiet", "--only-group", "image", "--no-annotate"]
    _output([*export, "--no-header", "--output-file", str(listed)])
    make_environment(_ENVIRONMENT, listed)
    return Runtime(emulator=answer_of_make("emulator"), python=python_of(_ENVIRONMENT))


def answer_of_make(target: str) -> str:
    """What a target prints that tells where a tool is; the Makefile has its version."""
    return _output(["make", "--silent", "--no-print-directory", target]).splitlines()[-1]


def _output(command: list[str]) -> str:
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


class Environment:
    """One execution environment; it takes one event at a time, as in Lambda."""

    def __init__(self, artifact: Artifact, runtime: Runtime, log: Path) -> None:
        self._timeout_s = artifact.timeout_s
        self._port = free_port()
        addresses = ["--runtime-interface-emulator-address", f"{_HOST}:{self._port}"]
        addresses += ["--runtime-api-address", f"{_HOST}:{free_port()}"]
        client = [runtime.python, "-m", "awslambdaric", artifact.handler]
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 the command is our own
                [runtime.emulator, "--log-level", "error", *addresses, *client],
                cwd=artifact.task,
                env=artifact.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._wait_until_it_listens()

    def invoke(self, event: object) -> Any:
        """The reply to one event; the first one waits for the handler's import."""
        seconds = self._timeout_s + 10
        try:
            with closing(http.client.HTTPConnection(_HOST, self._port, timeout=seconds)) as call:
                call.request("POST", _PATH, json.dumps(event))
                return _result(call.getresponse().read())
        except (OSError, http.client.HTTPException) as error:
            self.stop()
            raise InvocationError("Runtime.ExitError", str(error)) from error

    def is_running(self) -> bool:
        """Whether it can take another event."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the emulator, the client and what the handler forked."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while True:
            probe = http.client.HTTPConnection(_HOST, self._port, timeout=1)
            with closing(probe), suppress(OSError):
                probe.connect()
                return
            if not self.is_running() or time.monotonic() > deadline:
                self.stop()
                raise InvocationError("Runtime.ExitError", "the runtime's emulator did not start")
            time.sleep(0.01)


def _result(reply: bytes) -> Any:
    """What the handler returned. The emulator says 200 to everything, and has errors as JSON."""
    try:
        result = json.loads(reply)
    except ValueError:
        raise InvocationError("Sandbox.Timedout", reply.decode(errors="replace")) from None
    if isinstance(result, dict) and {"errorType", "errorMessage"} <= result.keys():
        raise InvocationError(str(result["errorType"]), str(result["errorMessage"]))
    return result


class RuntimePool:
    """Environments of one function, which is fetched when its first event comes."""

    def __init__(
        self, fetch: Callable[[], Artifact], runtime: Runtime, log: Path, most: int
    ) -> None:
        self._fetch, self._runtime, self._log = fetch, runtime, log
        self._all: set[Environment] = set()
        self._idle: queue.LifoQueue[Environment | None] = queue.LifoQueue()
        self._fetching = threading.Lock()
        for _ in range(most):
            self._idle.put(None)  # a place for an environment that is not there yet

    @cached_property
    def artifact(self) -> Artifact:
        """What was deployed."""
        return self._fetch()

    def invoke(self, event: object) -> Any:
        """Run one event in a free environment.

        Raises:
            InvocationError: the function failed.
            ThrottledError: no environment was free in time.
        """
        with self._fetching:
            artifact = self.artifact
        try:
            environment = self._idle.get(timeout=artifact.timeout_s)
        except queue.Empty:
            raise ThrottledError from None
        try:
            if environment is None or not environment.is_running():
                environment = Environment(artifact, self._runtime, self._log)
                self._all.add(environment)
            return environment.invoke(event)
        except InvocationError as error:
            if environment and error.timed_out:
                environment.stop()
            raise
        finally:
            self._idle.put(environment)

    def stop(self) -> None:
        """End every environment."""
        for environment in self._all:
            environment.stop()
