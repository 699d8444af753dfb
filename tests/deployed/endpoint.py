"""Where the emulated AWS sends events: one address per function, in front of its environments."""

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from footnote.local.function import InvocationError
from footnote.local.pool import ThrottledError


class Invoker(Protocol):
    """Whatever runs a function."""

    def invoke(self, event: object) -> Any:
        """Run one event; raises InvocationError or ThrottledError."""
        ...


class InvocationEndpoint(ThreadingHTTPServer):
    """Takes events as POST requests; a failed invocation is a 502 with Lambda's own error."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, functions: Mapping[str, Invoker]) -> None:
        super().__init__(("127.0.0.1", 0), _Invocation)
        self.functions = functions
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    def url(self, function: str) -> str:
        """The address of one function."""
        return f"http://127.0.0.1:{self.server_port}/{function}"

    def stop(self) -> None:
        """Take no more events."""
        self.shutdown()
        self.server_close()


class _Invocation(BaseHTTPRequestHandler):
    server: InvocationEndpoint

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        function = self.server.functions[self.path.removeprefix("/")]
        status = 200
        try:
            reply = function.invoke(event)
        except InvocationError as error:
            status, reply = 502, {"errorType": error.error_type, "errorMessage": str(error)}
        except ThrottledError:
            status, reply = 502, {"errorType": "TooManyRequestsException", "errorMessage": "busy"}
        body = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the functions have logs of their own."""
