"""The guard in front of the real endpoint: websites stay out, the page and boto3 get through."""

import socket
from collections.abc import Iterator

import pytest
import urllib3

from footnote.aws.objects import S3Objects
from footnote.aws.session import s3_client
from footnote.local.documents import DocumentsBucket, provision_documents
from footnote.local.emulator import start_emulator, wait_for_emulator
from footnote.local.functions import BUCKET
from footnote.local.workspace import Workspace

pytestmark = pytest.mark.integration

PAGE = "http://localhost:8080"
KEY = "kb/a.md"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    program = start_emulator(Workspace(tmp_path_factory.mktemp("guarded")), port, [PAGE])
    wait_for_emulator(program, port)
    yield f"http://127.0.0.1:{port}"
    program.stop()


@pytest.fixture
def documents(url: str) -> DocumentsBucket:
    made = provision_documents(url, [PAGE])
    made.bucket.put(KEY, b"text", "text/markdown")
    return made


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    pool = urllib3.PoolManager(retries=False)
    yield pool
    pool.clear()


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/_ministack/reset", {"Origin": "https://evil.example"}),
        ("POST", "/_ministack/reset", {}),
        ("GET", f"/{BUCKET}/{KEY}", {"Origin": "https://evil.example"}),
        ("PUT", f"/{BUCKET}/{KEY}", {"Origin": "https://evil.example"}),
        ("DELETE", f"/{BUCKET}/{KEY}", {"Host": "rebound.example"}),
        ("GET", f"/{BUCKET}/{KEY}", {"Sec-Fetch-Site": "cross-site"}),
    ],
)
def test_a_website_reads_and_changes_nothing(
    url: str,
    documents: DocumentsBucket,
    http: urllib3.PoolManager,
    method: str,
    path: str,
    headers: dict[str, str],
) -> None:
    before = documents.bucket.current()
    reply = http.request(method, url + path, headers=headers)
    assert (reply.status, reply.headers.get("Access-Control-Allow-Origin")) == (403, None)
    assert documents.bucket.current() == before


def test_the_page_uploads_with_a_presigned_url(
    url: str, documents: DocumentsBucket, http: urllib3.PoolManager
) -> None:
    address = S3Objects(lambda: s3_client(url), BUCKET).upload_url("kb/b.md", "text/markdown")
    asks = {
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type",
    }
    preflight = http.request("OPTIONS", address, headers={"Origin": PAGE, **asks})
    sent = {"Origin": PAGE, "Sec-Fetch-Site": "cross-site", "Content-Type": "text/markdown"}
    upload = http.request("PUT", address, body=b"text", headers=sent)
    assert (preflight.status, upload.status) == (200, 200)
    assert upload.headers["Access-Control-Allow-Origin"] in {PAGE, "*"}
    assert documents.bucket.current()["kb/b.md"].version_id == upload.headers["x-amz-version-id"]
