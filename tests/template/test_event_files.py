"""The recorded events of `events/`, read by the code that consumes them."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import (
    APIGatewayProxyEvent,
    EventBridgeEvent,
    SQSEvent,
)

from footnote.aws.custom_resource import answer_stack, configuration_digest
from footnote.domain.document import DocumentStatus, knowledge_base_of
from footnote.domain.order import Known, Verdict, judge
from footnote.http.contracts import AskRequest, SearchRequest
from footnote.inbox.notifications import ObjectEvent, read_notification
from tests.template.sam_template import ROOT, resource

pytestmark = pytest.mark.template

EVENTS = ROOT / "events"
KEY = "default/guides/Getting started (v2).md"
CHANGES = {
    "ingest-put": [(KEY, False)],
    "ingest-put-multipart": [("product-docs/manuals/Rückgabe 2026.pdf", False)],
    "ingest-overwrite": [(KEY, False)],
    "ingest-delete-marker": [(KEY, True)],
    "ingest-delete-version": [(KEY, True)],
    "ingest-lifecycle-expiration": [(KEY, True)],
    "ingest-s3-test": [],
    "ingest-out-of-order": [(KEY, True), (KEY, False), (KEY, False)],
}
MIGRATIONS = ["migrate-create", "migrate-update", "migrate-delete"]
CONFIGURATION = "migrate-configuration"
SCHEDULES = ["canary-schedule", "reconcile-schedule"]
REQUESTS = ["api-ask", "api-search", "api-health", "stream-ask"]


def load(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return event


def changes(name: str) -> list[ObjectEvent]:
    records = SQSEvent(load(name)).records
    return [event for record in records for event in read_notification(record.body)]


def test_every_event_file_is_read_by_a_test() -> None:
    assert {path.stem for path in EVENTS.iterdir()} == {
        *(*CHANGES, *MIGRATIONS, CONFIGURATION, *REQUESTS, *SCHEDULES)
    }


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_notification_says_what_happened_to_which_key(name: str) -> None:
    found = [(event.version.key, event.removed) for event in changes(name)]
    assert found == CHANGES[name]


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_queue_message_is_as_sqs_delivers_it(name: str) -> None:
    for record in load(name)["Records"]:
        digest = hashlib.md5(record["body"].encode(), usedforsecurity=False)
        assert record["md5OfBody"] == digest.hexdigest()
        assert record["eventSource"] == "aws:sqs"


def test_puts_and_deletes_carry_growing_sequencers_and_versions() -> None:
    names = ("put", "overwrite", "delete-marker", "delete-version")
    [put, overwrite, marker, deleted] = [changes(f"ingest-{name}")[0].version for name in names]
    ordered = [put.sequencer, overwrite.sequencer, marker.sequencer, deleted.sequencer]
    assert ordered == sorted(ordered)
    assert all(version.version_id for version in (put, overwrite, marker, deleted))
    assert deleted.version_id == put.version_id
    assert put.etag != overwrite.etag


def test_an_expiration_carries_no_sequencer() -> None:
    [expired] = changes("ingest-lifecycle-expiration")
    assert expired.version.sequencer == ""


def test_messages_out_of_order_leave_only_the_latest() -> None:
    latest, *late = [event.version for event in changes("ingest-out-of-order")]
    deleted = Known(sequencer=latest.sequencer, status=DocumentStatus.DELETED, claim=1)
    assert judge(latest.sequencer, None) is Verdict.ACCEPT
    assert [judge(version.sequencer, deleted) for version in late] == [Verdict.STALE, Verdict.STALE]


def test_the_ask_and_search_requests_keep_the_contract() -> None:
    requests = (
        ("api-ask", "/v1/ask", AskRequest),
        ("api-search", "/v1/search", SearchRequest),
        ("stream-ask", "/v1/ask/stream", AskRequest),
    )
    for name, path, body in requests:
        event = APIGatewayProxyEvent(load(name))
        assert (event.http_method, event.path) == ("POST", path)
        asked = body.model_validate(event.json_body)
        assert asked.knowledge_base == knowledge_base_of(KEY)


def test_the_health_request_has_no_body() -> None:
    event = APIGatewayProxyEvent(load("api-health"))
    assert (event.http_method, event.path, event.body) == ("GET", "/healthz", None)


def test_the_schedule_names_its_rule() -> None:
    event = EventBridgeEvent(load("reconcile-schedule"))
    assert (event.source, event.detail_type, event.detail) == ("aws.events", "Scheduled Event", {})
    assert "ReconcileFunctionHourly" in event.resources[0]


class _Stack(BaseHTTPRequestHandler):
    """The other end of a custom resource's ResponseURL."""

    server: "_StackServer"

    def do_PUT(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.heard.append(json.loads(self.rfile.read(length)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


class _StackServer(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Stack)
        self.heard: list[dict[str, Any]] = []


@pytest.fixture
def stack() -> Iterator[_StackServer]:
    with _StackServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("name", MIGRATIONS)
def test_a_stack_that_migrates_hears_of_the_outcome(name: str, stack: _StackServer) -> None:
    event = load(name)
    # Recorded without Aurora, and where nothing is to be erased.
    always = {name for name, one in resource("Migrations").items() if "NoValue" not in str(one)}
    assert set(event["ResourceProperties"]) == always
    url = f"http://127.0.0.1:{stack.server_port}/reply"
    answer_stack({**event, "ResponseURL": url}, "SUCCESS")
    [reply] = stack.heard
    assert reply["Status"] == "SUCCESS"
    assert reply["RequestId"] == event["RequestId"]
    assert reply["PhysicalResourceId"] == event.get("PhysicalResourceId", "footnote-migrations")


def test_a_stack_hears_the_digest_of_a_configuration(stack: _StackServer) -> None:
    event = load(CONFIGURATION)
    assert set(event["ResourceProperties"]) == set(resource("ApiConfiguration"))
    digest = configuration_digest(event)
    answer_stack(
        {**event, "ResponseURL": f"http://127.0.0.1:{stack.server_port}/reply"},
        "SUCCESS",
        attributes={"Digest": digest},
    )
    [reply] = stack.heard
    assert reply["Data"] == {"Digest": digest}
    # Another id would have CloudFormation delete the resource of the old one.
    assert reply["PhysicalResourceId"] == event["PhysicalResourceId"]
    # What Lambda takes as the description of a version.
    assert 0 < len(digest) <= 256


def test_a_digest_is_another_one_whenever_a_property_is_and_only_then() -> None:
    event = load(CONFIGURATION)
    properties, before = event["ResourceProperties"], event["OldResourceProperties"]
    digest = configuration_digest(event)
    other_call = {**properties, "ServiceToken": "another", "ServiceTimeout": "9"}
    other_order = dict(reversed(other_call.items()))
    assert configuration_digest({**event, "ResourceProperties": other_order}) == digest
    assert configuration_digest({**event, "ResourceProperties": before}) != digest
    assert configuration_digest(load("migrate-update")) == ""
