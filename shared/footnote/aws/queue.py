"""One SQS queue, for whoever plays the part of Lambda's pollers or sends notifications again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import batched
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoRegionError

from footnote.domain.errors import ObjectStorageUnavailableError, SettingsError
from footnote.domain.masking import told

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        DeleteMessageBatchRequestEntryTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

# SQS takes at most ten messages per batch and reports how often each was received.
BATCH_SIZE = 10
# The limit of one request where it is lowest.
BATCH_BYTES = 262_144


def sqs_client(endpoint_url: str) -> "SQSClient":
    """A client of SQS; `endpoint_url` is empty for AWS itself.

    Raises:
        SettingsError: nothing says in which region the queues are.
    """
    config = Config(
        connect_timeout=3,
        read_timeout=30,  # above the longest long poll, 20 s
        retries={"mode": "standard", "max_attempts": 3},
        max_pool_connections=16,
    )
    try:
        return boto3.client("sqs", endpoint_url=endpoint_url or None, config=config)
    except NoRegionError as error:
        message = (
            "no AWS region is chosen; set AWS_REGION, or AWS_PROFILE to a profile that has one"
        )
        raise SettingsError(message) from error


class SqsQueue:
    """Receives, deletes, delays and sends; a client of boto3 is safe to share between threads."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def receive(self, *, wait_s: int) -> list[dict[str, Any]]:
        """Up to ten messages in boto3's form, after at most `wait_s` seconds."""
        with queue_errors():
            reply = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=BATCH_SIZE,
                WaitTimeSeconds=wait_s,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            return [dict(message) for message in reply.get("Messages", [])]

    def delete(self, receipt_handles: Sequence[str]) -> None:
        """Take messages that are done from the queue.

        Raises:
            ObjectStorageUnavailableError: SQS keeps some of them; they will be received again.
        """
        for batch in batched(receipt_handles, BATCH_SIZE):
            entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
                {"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate(batch)
            ]
            with queue_errors():
                reply = self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)
            if failed := reply.get("Failed"):
                message = f"SQS keeps {len(failed)} of {len(batch)} messages: {failed[0]['Code']}"
                raise ObjectStorageUnavailableError(message)

    def retry_after(self, receipt_handle: str, *, seconds: int) -> None:
        """Let a message that failed be received again after so many seconds."""
        with queue_errors():
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
            )

    def send(self, bodies: Sequence[str]) -> None:
        """Send messages.

        Raises:
            ObjectStorageUnavailableError: SQS did not take all of them; some may be sent.
        """
        for batch in _batches(bodies):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(n), "MessageBody": body} for n, body in enumerate(batch)
            ]
            with queue_errors():
                reply = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            if failed := reply.get("Failed"):
                message = f"SQS refused {len(failed)} of {len(batch)} messages: {failed[0]['Code']}"
                raise ObjectStorageUnavailableError(message)

    def length(self) -> int:
        """About how many messages wait to be received."""
        with queue_errors():
            reply = self._client.get_queue_attributes(
                QueueUrl=self._url, AttributeNames=["ApproximateNumberOfMessages"]
            )
        return int(reply["Attributes"]["ApproximateNumberOfMessages"])


def _batches(bodies: Sequence[str]) -> Iterator[list[str]]:
    """As many as fit into one request, by their number and by their bytes."""
    batch: list[str] = []
    size = 0
    for body in bodies:
        length = len(body.encode())
        if batch and (len(batch) == BATCH_SIZE or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length
    if batch:
        yield batch


@contextmanager
def queue_errors() -> Iterator[None]:
    """Translate botocore's errors about a queue."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        message = f"SQS cannot be used: {told(error)}"
        raise ObjectStorageUnavailableError(message) from error
