"""Answers questions while the answer is being written: the body of the reply is an iterator."""

import gc

gc.disable()  # what is loaded is no garbage, and looking for some takes a tenth of a cold start

from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from footnote.bootstrap import is_started_ahead, load_ahead, question_ports
from footnote.http.application import build_stream, prepare
from footnote.observability import guarded, logger

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler import APIGatewayRestResolver


@cache
def _stream() -> "APIGatewayRestResolver":
    try:
        return build_stream(question_ports())
    finally:
        gc.freeze()  # nor is it later
        gc.enable()


if is_started_ahead():
    prepare(_stream())
    load_ahead()


@guarded
@logger.inject_lambda_context(clear_state=True, log_event=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One request in; a reply whose body is made while it is sent, or an error."""
    return _stream().resolve(event, context)
