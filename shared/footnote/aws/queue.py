"""One SQS queue, for whoever plays the part of Lambda's pollers or sends notifications again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from footnote.domain.errors import ObjectStorageUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# SQS takes at most ten messages per batch and reports how often each was received.
BATCH_SIZE = 10


def sqs_client(endpoint_url: str) -> "SQSClient":
    """A client of SQS; `endpoint_url` is empty for AWS itself."""
    config = Config(
        connect_timeout=3,
        read_timeout=30,  # above the longest long poll, 20 s
        retries={"mode": "standard", "max_attempts": 3},
        max_pool_connections=16,
    )
    return boto3.client("sqs", endpoint_url=endpoint_url or None, config=config)


class SqsQueue:
    """Receives, deletes, delays and sends; a client of boto3 is safe to share between threads."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def receive(self, *, wait_s: int) -> list[dict[str, Any]]:
        """Up to ten messages in boto3's form, after at most `wait_s` seconds."""
        with _queue_errors():
            reply = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=BATCH_SIZE,
                WaitTimeSeconds=wait_s,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            return [dict(message) for message in reply.get("Messages", [])]

    def delete(self, receipt_handle: str) -> None:
        """Take a message that is done from the queue."""
        with _queue_errors():
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=receipt_handle)

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        """Let a message that failed be received again after so many seconds."""
        with _queue_errors():
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
            )

    def send(self, bodies: Sequence[str]) -> None:
        """Send messages."""
        for start in range(0, len(bodies), BATCH_SIZE):
            batch = bodies[start : start + BATCH_SIZE]
            with _queue_errors():
                self._client.send_message_batch(
                    QueueUrl=self._url,
                    Entries=[{"Id": str(n), "MessageBody": body} for n, body in enumerate(batch)],
                )


@contextmanager
def _queue_errors() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        message = f"SQS cannot be used: {error}"
        raise ObjectStorageUnavailableError(message) from error
