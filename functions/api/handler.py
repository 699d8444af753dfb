"""Answers API Gateway's REST requests."""

import gc

gc.disable()  # what is loaded is no garbage, and looking for some takes a tenth of a cold start

from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from footnote.bootstrap import api_ports, health_ports, is_started_ahead, load_ahead
from footnote.http.api import begin_api, whole
from footnote.http.application import prepare
from footnote.observability import guarded, logger

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler import APIGatewayRestResolver


@cache
def _api() -> "APIGatewayRestResolver":
    try:
        return begin_api(health_ports(), api_ports)
    finally:
        gc.freeze()  # nor is it later
        gc.enable()


if is_started_ahead():
    prepare(_api())
    load_ahead()


@guarded
@logger.inject_lambda_context(clear_state=True, log_event=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request in, one reply out."""
    return whole(_api().resolve(event, context))
