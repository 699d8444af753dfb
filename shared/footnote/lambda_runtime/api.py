"""Lambda's Runtime API: the next event, and the reply to it in chunks."""

import base64
import http.client
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from footnote.domain.masking import told, trace_of

_VERSION = "/2018-06-01/runtime"
# Between the head of a reply and its body.
_SEPARATOR = b"\0" * 8
_ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"
_ERROR_BODY = "Lambda-Runtime-Function-Error-Body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """An event as JSON, with what Lambda passes to a handler as `context`."""

    event: bytes
    aws_request_id: str
    deadline_ms: int
    invoked_function_arn: str
    function_name: str
    function_version: str
    memory_limit_in_mb: str
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation times out."""
        return max(0, self.deadline_ms - int(time.time() * 1000))


class RuntimeApi:
    """The one that runs beside this process; every call is a connection of its own."""

    def __init__(self, address: str) -> None:
        self._address = address

    def next(self) -> Invocation:
        """Wait for the next event; Lambda freezes the process meanwhile."""
        event, headers = self._wait_for("invocation/next")
        if trace := headers.get("Lambda-Runtime-Trace-Id"):
            os.environ["_X_AMZN_TRACE_ID"] = trace
        return Invocation(
            event=event,
            aws_request_id=headers["Lambda-Runtime-Aws-Request-Id"],
            deadline_ms=int(headers["Lambda-Runtime-Deadline-Ms"]),
            invoked_function_arn=headers.get("Lambda-Runtime-Invoked-Function-Arn", ""),
            function_name=os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
            function_version=os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", ""),
            memory_limit_in_mb=os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", ""),
        )

    def restored(self) -> None:
        """Tell that a snapshot may be taken; this returns wherever the process goes on from it.

        Raises:
            RuntimeError: Lambda takes no snapshot of this process.
        """
        self._wait_for("restore/next")

    def _wait_for(self, place: str) -> tuple[bytes, http.client.HTTPMessage]:
        with closing(http.client.HTTPConnection(self._address)) as connection:
            connection.request("GET", f"{_VERSION}/{place}")
            reply = connection.getresponse()
            body = reply.read()
        if reply.status != http.client.OK:
            message = f"the Runtime API answered {reply.status} to {place}"
            raise RuntimeError(message)
        return body, reply.headers

    def fail(self, place: str, error: Exception, *, kind: str = "") -> None:
        """Tell that there is no reply, and why; `kind` where Lambda has a name for such errors."""
        headers = {_ERROR_TYPE: kind or type(error).__name__}
        with closing(http.client.HTTPConnection(self._address)) as connection:
            connection.request("POST", f"{_VERSION}/{place}", _described(error), headers)
            connection.getresponse().read()

    def stream(self, place: str, head: dict[str, object], parts: Iterator[str]) -> None:
        """Send a reply part by part; where these break off, their error is in the trailer."""
        with closing(http.client.HTTPConnection(self._address)) as connection:
            connection.putrequest("POST", f"{_VERSION}/{place}", skip_accept_encoding=True)
            for name, value in (
                ("Lambda-Runtime-Function-Response-Mode", "streaming"),
                ("Content-Type", "application/vnd.awslambda.http-integration-response"),
                ("Transfer-Encoding", "chunked"),
                ("Trailer", f"{_ERROR_TYPE}, {_ERROR_BODY}"),
            ):
                connection.putheader(name, value)
            connection.endheaders()
            connection.send(_chunk(json.dumps(head).encode() + _SEPARATOR))
            connection.send(_last_chunk(_sent(connection, parts)))
            connection.getresponse().read()


def _sent(connection: http.client.HTTPConnection, parts: Iterator[str]) -> Exception | None:
    """Send every part; the error that ended them early, if one did."""
    try:
        for part in parts:
            if part:
                connection.send(_chunk(part.encode()))
    except OSError:  # Lambda itself is gone
        raise
    except Exception as error:  # noqa: BLE001 - the handler's error is the invocation's outcome
        sys.stderr.write(f"{trace_of(error)}\n")
        return error
    return None


def _chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


def _last_chunk(error: Exception | None) -> bytes:
    if error is None:
        return b"0\r\n\r\n"
    body = base64.b64encode(_described(error)).decode()
    trailer = f"{_ERROR_TYPE}: {type(error).__name__}\r\n{_ERROR_BODY}: {body}\r\n"
    return b"0\r\n" + trailer.encode() + b"\r\n"


def _described(error: Exception) -> bytes:
    described = {
        "errorType": type(error).__name__,
        "errorMessage": told(error),
        "stackTrace": trace_of(error).splitlines(),
    }
    return json.dumps(described).encode()
