"""Takes batches of S3 notifications from SQS; only the messages that failed come back."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from footnote.bootstrap import ingest_ports
from footnote.inbox.notifications import read_notification
from footnote.ingest import ingest
from footnote.observability import logger

_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def _take(record: SQSRecord) -> None:
    for event in read_notification(record.body):
        verdict = ingest(event, ingest_ports())
        logger.info("ingested", key=event.version.key, removed=event.removed, verdict=verdict)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """One batch in; the ids of the messages to deliver again out."""
    return process_partial_response(
        event=event, record_handler=_take, processor=_processor, context=context
    )
