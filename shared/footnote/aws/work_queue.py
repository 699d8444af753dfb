"""The queue of work on SQS: fair between knowledge bases."""

from collections.abc import Sequence
from itertools import batched
from typing import TYPE_CHECKING

from footnote.aws.queue import BATCH_SIZE, queue_errors
from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.inbox.work import WorkMessage

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef


class SqsWorkQueue:
    """Sends work in groups.

    A standard queue whose messages carry a group id is a fair queue: where one group has many
    messages, those of quiet groups are received first (Amazon SQS Developer Guide, "Amazon SQS
    fair queues").
    """

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Sequence[WorkMessage]) -> None:
        """Send messages.

        Raises:
            ObjectStorageUnavailableError: SQS did not take all of them.
        """
        for batch in batched(messages, BATCH_SIZE):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {
                    "Id": str(place),
                    "MessageBody": message.body,
                    "MessageGroupId": message.group,
                    "DelaySeconds": message.delay_s,
                }
                for place, message in enumerate(batch)
            ]
            with queue_errors():
                reply = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            if refused := reply.get("Failed"):
                reason = refused[0].get("Message", refused[0]["Code"])
                message = f"SQS did not take {len(refused)} of {len(batch)} messages: {reason}"
                raise ObjectStorageUnavailableError(message)
