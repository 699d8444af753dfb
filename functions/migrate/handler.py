"""CloudFormation custom resource: brings the database up to this version before traffic."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from footnote.aws.custom_resource import answer_stack
from footnote.bootstrap import database_url, index_form
from footnote.observability import logger
from footnote.postgres.migrate import apply_migrations


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, list[str]]:
    """Apply what is new; deleting the stack leaves the data as they are."""
    if event.get("RequestType") == "Delete":
        answer_stack(event, "SUCCESS")
        return {"applied": []}
    try:
        applied = apply_migrations(database_url(), index_form())
    except Exception as error:
        # Whatever happened, the stack must hear of it, or it waits for an hour.
        if "ResponseURL" in event:
            answer_stack(event, "FAILED", reason=f"{type(error).__name__}: {error}")
        raise
    logger.info("migrations applied", applied=applied)
    if "ResponseURL" in event:
        answer_stack(event, "SUCCESS")
    return {"applied": applied}
