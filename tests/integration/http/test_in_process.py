"""A client whose API is in its own process: the canary's way in."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from footnote.client import ApiClient, ApiRefusedError
from footnote.http.api import build_api
from footnote.http.in_process import ADDRESS, InProcess
from tests.integration.http.test_api import Api, FakeUploads, api, uploads  # noqa: F401
from tests.wsgi import Context

pytestmark = pytest.mark.integration


class _Bucket(BaseHTTPRequestHandler):
    """Keeps what is put."""

    kept: dict[str, bytes]

    def do_PUT(self) -> None:
        self.kept[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("x-amz-version-id", "v1")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def bucket() -> Iterator[tuple[str, dict[str, bytes]]]:
    kept: dict[str, bytes] = {}
    server = HTTPServer(("127.0.0.1", 0), type("Bucket", (_Bucket,), {"kept": kept}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", kept
    server.shutdown()
    thread.join()
    server.server_close()


def client(api: Api) -> ApiClient:
    return ApiClient(ADDRESS, InProcess(build_api(api.ports), Context()))


def test_calls_are_answered_here_with_their_query_and_their_body(api: Api) -> None:
    inside = client(api)
    assert inside.health()["status"] == "ok"
    assert set(inside.document_counts("nobody").values()) <= {0}
    assert inside.ask("What is not written anywhere?", "nobody")["status"] == "declined"


def test_an_error_is_the_clients_error(api: Api) -> None:
    with pytest.raises(ApiRefusedError) as refused:
        client(api).document(f"nobody.{'0' * 32}")
    assert (refused.value.status, refused.value.code) == (404, "not_found")


def test_an_upload_goes_out_to_the_bucket(
    api: Api, uploads: FakeUploads, bucket: tuple[str, dict[str, bytes]]
) -> None:
    address, kept = bucket
    uploads.address = address
    put = client(api).upload("canary", "canary.md", b"# A word")
    assert put["version_id"] == "v1"
    assert list(kept.values()) == [b"# A word"]
