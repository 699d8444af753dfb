"""Files that are too large are refused by the name of the limit, and cost no memory."""

import threading
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from footnote.aws.objects import S3Objects
from footnote.aws.session import s3_client
from footnote.domain.document import DocumentStatus, ObjectVersion
from footnote.domain.errors import FailedDocumentError
from footnote.domain.order import Claim, Verdict
from footnote.drafts import DraftPorts, draft
from footnote.parsing import SandboxedParser
from footnote.postgres.connection import Database
from footnote.postgres.search_indexes import PostgresSearchIndexes
from tests.faults.worker import FORM

pytestmark = pytest.mark.integration
MEGABYTE = 2**20


class EndlessPdf(BaseHTTPRequestHandler):
    """Plays S3 with one object of 300 MB, which is made as it is sent."""

    sent: ClassVar[int] = 0

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(300 * MEGABYTE))
        self.send_header("x-amz-version-id", "v1")
        self.end_headers()
        try:
            for _ in range(300):
                type(self).sent += self.wfile.write(b"%" * MEGABYTE)
        except OSError:  # nobody reads it
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def objects() -> Iterator[S3Objects]:
    with ThreadingHTTPServer(("127.0.0.1", 0), EndlessPdf) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield S3Objects(lambda: s3_client(f"http://127.0.0.1:{server.server_port}"), "documents")
        server.shutdown()


def test_a_pdf_of_300_mb_is_refused_without_being_read(
    objects: S3Objects, database: Database
) -> None:
    key = "help/large.pdf"
    version = ObjectVersion(
        bucket="documents", key=key, sequencer="0A", version_id="v1", event_time=datetime.now(UTC)
    )
    with SandboxedParser() as parser:
        indexes = PostgresSearchIndexes(database, FORM)
        ports = DraftPorts(
            objects=objects, indexes=indexes, parser=parser, max_bytes=100 * MEGABYTE
        )
        tracemalloc.start()
        work = draft(version, Claim(verdict=Verdict.ACCEPT, number=1), ports)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert work.generation.status is DocumentStatus.SKIPPED
    assert work.generation.reason == (
        "the file is larger than the limit of 100 MB (FOOTNOTE_MAX_DOCUMENT_MB)"
    )
    assert work.generation.size == 300 * MEGABYTE
    assert peak < 8 * MEGABYTE
    assert EndlessPdf.sent < 32 * MEGABYTE  # what the sockets of both sides hold


def test_a_csv_of_a_million_rows_is_refused_by_the_name_of_its_limit_in_little_memory() -> None:
    rows = b"4711,a part with a name,in stock\n" * 1_000_000
    with (
        SandboxedParser(memory_mb=300) as small,
        pytest.raises(FailedDocumentError, match="more than 20,000,000 characters of text"),
    ):
        small.partition(b"id,name,state\n" + rows, "a.csv")
