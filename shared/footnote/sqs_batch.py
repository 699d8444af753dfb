"""SQS batches as Lambda delivers them, and the reply that names what failed."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from footnote.inbox.redelivery import Delivery


def deliveries_of(event: Mapping[str, Any]) -> list[Delivery]:
    """The messages of a batch."""
    return [_delivery(SQSRecord(record)) for record in event["Records"]]


def partial_response(
    event: dict[str, Any], failed: Mapping[str, Exception], context: LambdaContext
) -> PartialItemFailureResponse:
    """The reply by which Lambda deletes every message of a batch but those that failed."""

    def settle(record: SQSRecord) -> None:
        if record.message_id in failed:
            raise failed[record.message_id]

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, settle, processor, context)


def _delivery(record: SQSRecord) -> Delivery:
    return Delivery(
        message_id=record.message_id,
        body=record.body,
        receipt_handle=record.receipt_handle,
        receive_count=int(record.attributes.approximate_receive_count or 1),
    )
