"""Takes batches of events from the queue of work; only the messages that failed come back."""

import time
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext

from footnote.bootstrap import delivery_ports
from footnote.deliveries import take_deliveries
from footnote.observability import guarded, logger
from footnote.sqs_batch import deliveries_of, partial_response


@guarded
@logger.inject_lambda_context(clear_state=True, log_event=False)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """One batch in; the ids of the messages to deliver again out."""
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000
    failed = take_deliveries(deliveries_of(event), delivery_ports(), deadline=deadline)
    return partial_response(event, failed, context)
