"""Looks after the whole on a schedule: uploads, awaits, asks, deletes, and measures."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from footnote.bootstrap import inner_api
from footnote.canary import measured_flight
from footnote.observability import guarded, logger


@guarded
@logger.inject_lambda_context(clear_state=True, log_event=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, float]:
    """One run; a step that goes wrong is this function's error."""
    flight = asdict(measured_flight(inner_api(context)))
    logger.info("the canary is back", **flight, scheduled=event.get("time"))
    return flight
