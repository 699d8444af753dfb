"""What SQS says of a batch is heard: a message that it refuses is never taken for sent."""

from typing import Any

import pytest
from botocore.stub import Stubber

from footnote.aws.queue import BATCH_BYTES, SqsQueue, sqs_client
from footnote.domain.errors import ObjectStorageUnavailableError, SettingsError

URL = "https://sqs.example/1/queue"


def entries(*bodies: str) -> dict[str, Any]:
    numbered = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)]
    return {"QueueUrl": URL, "Entries": numbered}


def taken(count: int) -> dict[str, Any]:
    one = {"MessageId": "m", "MD5OfMessageBody": "0"}
    return {"Successful": [one | {"Id": str(n)} for n in range(count)], "Failed": []}


@pytest.fixture
def sqs() -> Any:
    return sqs_client("https://sqs.example")


def test_ten_messages_go_at_a_time(sqs: Any) -> None:
    bodies = [str(n) for n in range(23)]
    with Stubber(sqs) as stub:
        for start, count in ((0, 10), (10, 10), (20, 3)):
            expected = entries(*bodies[start : start + count])
            stub.add_response("send_message_batch", taken(count), expected)
        SqsQueue(sqs, URL).send(bodies)
        stub.assert_no_pending_responses()


def test_large_messages_go_alone(sqs: Any) -> None:
    large = "é" * (BATCH_BYTES // 4 + 1)
    with Stubber(sqs) as stub:
        for _ in range(2):
            stub.add_response("send_message_batch", taken(1), entries(large))
        SqsQueue(sqs, URL).send([large, large])
        stub.assert_no_pending_responses()


def test_a_refused_message_is_an_error(sqs: Any) -> None:
    refusal = {"Id": "1", "SenderFault": False, "Code": "InternalError"}
    with Stubber(sqs) as stub:
        stub.add_response("send_message_batch", taken(1) | {"Failed": [refusal]})
        with pytest.raises(ObjectStorageUnavailableError, match="1 of 2 messages: InternalError"):
            SqsQueue(sqs, URL).send(["a", "b"])


def test_ten_messages_are_taken_away_at_a_time(sqs: Any) -> None:
    handles = [f"receipt {n}" for n in range(12)]
    with Stubber(sqs) as stub:
        for batch in (handles[:10], handles[10:]):
            numbered = [{"Id": str(n), "ReceiptHandle": one} for n, one in enumerate(batch)]
            reply = {"Successful": [{"Id": one["Id"]} for one in numbered], "Failed": []}
            stub.add_response("delete_message_batch", reply, {"QueueUrl": URL, "Entries": numbered})
        SqsQueue(sqs, URL).delete(handles)
        stub.assert_no_pending_responses()


def test_a_message_that_stays_is_an_error(sqs: Any) -> None:
    refusal = {"Id": "0", "SenderFault": False, "Code": "InternalError"}
    with Stubber(sqs) as stub:
        stub.add_response("delete_message_batch", {"Successful": [], "Failed": [refusal]})
        with pytest.raises(ObjectStorageUnavailableError, match="1 of 2 messages: InternalError"):
            SqsQueue(sqs, URL).delete(["a", "b"])


def test_without_a_region_a_person_is_told_how_to_choose_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/none")
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    with pytest.raises(SettingsError, match="AWS_REGION"):
        sqs_client("")
