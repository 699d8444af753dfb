"""Every function called with each of its files in `events/`, on an empty system, no containers."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from footnote import bootstrap
from footnote.observability import FunctionFailedError
from tests.functions import context, handler_module
from tests.new_process import forget_what_was_built
from tests.sam_local.events import EXPECTED, Expected, read_event

pytestmark = pytest.mark.integration
# Its flight takes minutes where nothing takes uploads in: it has a test of its own.
CALLS = [
    pytest.param(name, one, id=f"{name.removesuffix('.json')} in {one.function}")
    for name in sorted(EXPECTED)
    for one in EXPECTED[name]
    if one.function != "CanaryFunction"
]


@pytest.fixture
def without_a_bucket(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FOOTNOTE_DATABASE_URL", database_url)
    monkeypatch.setenv("FOOTNOTE_AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    forget_what_was_built()
    yield
    forget_what_was_built()


@pytest.mark.usefixtures("without_a_bucket")
def test_the_canary_sets_out_at_its_hour_and_tells_what_kept_it() -> None:
    with pytest.raises(FunctionFailedError, match=r"127\.0\.0\.1:9"):
        called("CanaryFunction", read_event("canary-schedule.json"))


@pytest.fixture(scope="module")
def empty_system(empty_module_database_url: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as here, mock_aws():
        s3, sqs = boto3.client("s3"), boto3.client("sqs")
        s3.create_bucket(
            Bucket="documents", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        s3.put_bucket_versioning(Bucket="documents", VersioningConfiguration={"Status": "Enabled"})
        for name in ("QUEUE_URL", "WORK_QUEUE_URL"):
            here.setenv(f"FOOTNOTE_{name}", sqs.create_queue(QueueName=name)["QueueUrl"])
        here.setenv("FOOTNOTE_DATABASE_URL", empty_module_database_url)
        here.setenv("FOOTNOTE_BUCKET", "documents")
        here.setenv("FOOTNOTE_KEYLESS", "true")
        here.setenv("FOOTNOTE_EMBEDDER", "local")
        forget_what_was_built()
        called("MigrateFunction", read_event("migrate-create.json"))
        yield
        bootstrap.ingest_ports().drafts.parser.close()  # type: ignore[attr-defined]
        bootstrap.database().close()
    forget_what_was_built()


def called(function: str, event: dict[str, Any]) -> Any:
    name = function.removesuffix("Function").lower()
    return handler_module(name).handler(event, context(name))


@pytest.mark.usefixtures("empty_system")
@pytest.mark.parametrize(("name", "expected"), CALLS)
def test_a_function_answers_its_event_as_it_has_to(name: str, expected: Expected) -> None:
    reply = called(expected.function, read_event(name))
    if expected.is_json:
        assert not expected.wrong(json.dumps(reply))
    else:
        assert not expected.wrong("".join(_text(part) for part in reply["body"]))


def _text(part: str | bytes) -> str:
    return part if isinstance(part, str) else part.decode()
