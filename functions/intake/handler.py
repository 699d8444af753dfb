"""Takes S3's notifications in: each is noted as pending and passed on to the queue of work."""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext

from footnote.bootstrap import intake_ports
from footnote.intake import take_in
from footnote.observability import guarded, logger
from footnote.sqs_batch import deliveries_of, partial_response


@guarded
@logger.inject_lambda_context(clear_state=True, log_event=False)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """One batch in; the ids of the messages to deliver again out."""
    deliveries = deliveries_of(event)
    failed = take_in(deliveries, intake_ports())
    logger.info("taken in", messages=len(deliveries), failed=len(failed))
    return partial_response(event, failed, context)
