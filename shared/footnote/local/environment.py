"""One execution environment: a process that loads a Lambda handler and runs one event at a time.

Started as `python -m footnote.local.environment functions/api/handler.py` with a socket for
standard input; whatever the handler prints goes to the log.
"""

import importlib
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from footnote.domain.masking import told, trace_of
from footnote.local import frames

type Handler = Callable[[object, LambdaContext], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class LambdaContext:
    """What Lambda's Python runtime passes as `context`."""

    aws_request_id: str
    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: str
    deadline: float
    function_version: str = "$LATEST"
    log_group_name: str = ""
    log_stream_name: str = ""
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation times out."""
        return max(0, int((self.deadline - time.monotonic()) * 1000))


def main(handler_path: Path) -> None:
    """Load the handler, say so, then answer events until the other side is gone."""
    channel = _claim_standard_input()
    threading.Thread(target=_die_with, args=(channel,), daemon=True).start()
    try:
        _serve(channel, handler_path)
    except (EOFError, OSError):  # the other side is gone
        pass
    finally:
        # Not by returning: the interpreter would wait for threads that the handler left behind.
        os.killpg(0, signal.SIGKILL)


def _serve(channel: socket.socket, handler_path: Path) -> None:
    try:
        handler = load_handler(handler_path)
    except Exception as error:  # noqa: BLE001 Lambda reports whatever an import raises
        sys.stderr.write(f"{trace_of(error)}\n")
        frames.send(channel, {"error": _describe(error)})
        return
    frames.send(channel, {"ready": True})
    while True:
        _answer(channel, handler, frames.receive(channel))


def load_handler(path: Path) -> Handler:
    """Import the file as Lambda does: its folder leads the path, its function is `handler`."""
    sys.path.insert(0, str(path.resolve().parent))
    handler: Handler = importlib.import_module(path.stem).handler
    return handler


def _claim_standard_input() -> socket.socket:
    """Keep the socket to ourselves: nothing that the handler reads or forks may touch it."""
    channel = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return channel


def _die_with(channel: socket.socket) -> None:
    """End this process, and what it forked, as soon as `footnote up` is gone."""
    hangup = select.poll()
    hangup.register(channel, 0)  # hang-ups are reported whatever is asked for
    hangup.poll()
    os.killpg(0, signal.SIGKILL)


def _answer(channel: socket.socket, handler: Handler, invocation: object) -> None:
    assert isinstance(invocation, dict)  # noqa: S101 our own side of the channel sends nothing else
    reply = _run(handler, invocation["event"], _context(invocation))
    result = reply.get("result")
    if isinstance(result, dict) and isinstance(result.get("body"), Iterator):
        reply = _send_parts(channel, result)
    sys.stdout.flush()
    try:
        frames.send(channel, reply)
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {told(error)}"
        failure = {"errorType": "Runtime.MarshalError", "errorMessage": message}
        frames.send(channel, {"error": failure})


def _send_parts(channel: socket.socket, result: dict[str, object]) -> dict[str, object]:
    """Send a reply whose body is still being made: its head, then its parts; the end is left."""
    parts = result.pop("body")
    assert isinstance(parts, Iterator)  # noqa: S101 - the caller has looked
    frames.send(channel, {"head": result})
    try:
        for part in parts:
            frames.send(channel, {"part": part})
    except OSError:  # the other side is gone
        raise
    except Exception as error:  # noqa: BLE001 the handler's error is the invocation's outcome
        sys.stderr.write(f"{trace_of(error)}\n")
        return {"error": _describe(error)}
    return {"end": True}


def _run(handler: Handler, event: object, context: LambdaContext) -> dict[str, object]:
    try:
        return {"result": handler(event, context)}
    except Exception as error:  # noqa: BLE001 the handler's error is the invocation's outcome
        sys.stderr.write(f"{trace_of(error)}\n")
        return {"error": _describe(error)}


def _context(invocation: dict[str, str]) -> LambdaContext:
    name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "function")
    region = os.environ.get("AWS_REGION", "")
    return LambdaContext(
        aws_request_id=invocation["request_id"],
        function_name=name,
        invoked_function_arn=f"arn:aws:lambda:{region}:000000000000:function:{name}",
        memory_limit_in_mb=os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", ""),
        deadline=time.monotonic() + float(invocation["timeout_s"]),
        log_group_name=f"/aws/lambda/{name}",
        log_stream_name=str(os.getpid()),
    )


def _describe(error: Exception) -> dict[str, object]:
    trace = trace_of(error).splitlines()
    return {"errorType": type(error).__name__, "errorMessage": told(error), "stackTrace": trace}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
