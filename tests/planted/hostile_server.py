"""A server for models and buckets that repeats all it was sent in whatever it answers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

from tests.planted.markers import DOCUMENT

STATUSES = (400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503)
# As well as these statuses: bodies of other forms, and none at all.
FORMS = (*STATUSES, "no json", "other form", "empty", "streamed error", "hang up")


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(
            errors="replace"
        )
        echo = f"you sent {self.command} {self.path} {dict(self.headers)} {body}"
        if self.command == "GET" and self.path.startswith("/footnote-documents/"):
            self._object()
            return
        form = FORMS[next(self.server.numbers) % len(FORMS)]
        error = {"error": {"message": echo, "type": echo, "param": None, "code": echo}}
        match form:
            case int():
                self._send(form, json.dumps(error))
            case "no json":
                self._send(200, echo)
            case "other form":
                self._send(200, json.dumps({"choices": [{"message": echo}], "data": echo}))
            case "empty":
                self._send(200, json.dumps({"choices": [{"message": {"content": ""}}]}))
            case "streamed error":
                self._send(200, f"data: {json.dumps(error)}\n\n", "text/event-stream")
            case _:
                self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer

    def _object(self) -> None:
        """A document that no reader can read; sidecars are not there."""
        if "metadata.json" in self.path:
            self._send(404, "<Error><Code>NoSuchKey</Code></Error>")
        elif "broken" in self.path:
            self._send(
                500, f"<Error><Code>InternalError</Code><Message>{DOCUMENT}</Message></Error>"
            )
        else:
            self._send(200, f"PK\x03\x04 {DOCUMENT}")

    def _send(self, status: int, text: str, content_type: str = "application/json") -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("x-amz-version-id", "v1")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.numbers = count()


@contextmanager
def hostile_server() -> Iterator[str]:
    """Its address."""
    server = _Server()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
