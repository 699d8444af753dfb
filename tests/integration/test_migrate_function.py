"""The custom resource when its stack is deleted: what it erases, and that the stack hears of it."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from footnote import bootstrap
from footnote.access.door import Door, Request
from footnote.aws.erasing import erase_bucket
from footnote.domain.access import Action
from footnote.observability import FunctionFailedError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
from tests.functions import context, handler_module
from tests.new_process import forget_what_was_built

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
EVENT = json.loads((ROOT / "events/migrate-delete.json").read_text())
CONTEXT = context("migrate")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator["S3Client"]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="documents")
        enabled = {"Status": "Enabled"}
        client.put_bucket_versioning(Bucket="documents", VersioningConfiguration=enabled)  # type: ignore[arg-type]
        yield client


@pytest.fixture
def stack() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Where a stack is told how it went."""
    told: list[dict[str, Any]] = []

    class Answers(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/answer", told
    server.shutdown()
    thread.join()
    server.server_close()


def handle(event: dict[str, Any]) -> Any:
    return handler_module("migrate").handler(event, CONTEXT)


def delete(url: str, **properties: str) -> Any:
    return handle(EVENT | {"ResponseURL": url, "ResourceProperties": properties})


def fill(s3: "S3Client", keys: int) -> None:
    for number in range(keys):
        s3.put_object(Bucket="documents", Key=f"kb/{number}.md", Body=b"x")
    s3.put_object(Bucket="documents", Key="kb/0.md", Body=b"another version")
    s3.delete_object(Bucket="documents", Key="kb/1.md")


def buckets(s3: "S3Client") -> list[str]:
    return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def test_deleting_a_stack_keeps_the_documents(
    s3: "S3Client", stack: tuple[str, list[dict[str, Any]]]
) -> None:
    fill(s3, 3)
    url, told = stack
    assert delete(url) == {"applied": []}
    assert len(s3.list_object_versions(Bucket="documents")["Versions"]) == 4
    assert [one["Status"] for one in told] == ["SUCCESS"]


def test_a_stack_that_is_to_erase_them_leaves_no_version_and_no_bucket(
    s3: "S3Client", stack: tuple[str, list[dict[str, Any]]]
) -> None:
    fill(s3, 3)
    url, told = stack
    delete(url, Erase="documents")
    assert buckets(s3) == []
    assert [one["Status"] for one in told] == ["SUCCESS"]


def test_more_than_s3_lists_at_once_is_erased_and_again_is_no_error(s3: "S3Client") -> None:
    fill(s3, 1001)
    assert erase_bucket(s3, "documents") == 1003
    assert erase_bucket(s3, "documents") == 0


def test_a_bucket_that_cannot_be_erased_fails_the_deletion_with_its_reason(
    s3: "S3Client", stack: tuple[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    del s3
    url, told = stack
    monkeypatch.setenv("FOOTNOTE_AWS_ENDPOINT_URL", "")
    with pytest.raises(FunctionFailedError, match="cannot be erased"):
        delete(url, Erase="Not_A_Bucket_Name/")
    [answer] = told
    assert answer["Status"] == "FAILED"
    assert "Not_A_Bucket_Name/ cannot be erased" in answer["Reason"]


@pytest.mark.parametrize("request_type", ["Create", "Update", "Delete"])
def test_a_configuration_gets_its_digest_and_nothing_is_migrated_or_erased(
    s3: "S3Client",
    stack: tuple[str, list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    request_type: str,
) -> None:
    monkeypatch.setenv("FOOTNOTE_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    url, told = stack
    event = json.loads((ROOT / "events/migrate-configuration.json").read_text())
    event["ResourceProperties"]["Erase"] = "documents"
    assert handle(event | {"ResponseURL": url, "RequestType": request_type}) == {"applied": []}
    [answer] = told
    assert (answer["Status"], len(answer["Data"]["Digest"])) == ("SUCCESS", 64)
    assert buckets(s3) == ["documents"]


def test_who_may_invoke_the_function_gets_a_first_key(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_DATABASE_URL", database_url)
    forget_what_was_built()
    key = handle({"KeyName": "first"})["key"]
    request = Request(authorization=f"Bearer {key}", origin="", address="192.0.2.1")
    assert Door(bootstrap.access_keys()).enter(request, Action.MANAGE)
    bootstrap.close()
    forget_what_was_built()
