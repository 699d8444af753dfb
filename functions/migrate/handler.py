"""CloudFormation custom resource: brings the database up to this version before traffic."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from footnote.aws.custom_resource import answer_stack, configuration_digest
from footnote.bootstrap import database_url, erase_documents, index_form, new_secret_key
from footnote.domain.masking import told
from footnote.observability import guarded, logger
from footnote.postgres.migrate import apply_migrations


@guarded
@logger.inject_lambda_context(clear_state=True, log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Apply what is new; deleting the stack leaves the data as they are, unless told otherwise."""
    if "KeyName" in event:  # somebody whom IAM lets invoke this, and who has no key yet
        return {"key": new_secret_key(event["KeyName"])}
    digest = configuration_digest(event)
    try:
        applied = [] if digest else _follow(event)
    except Exception as error:
        # Whatever happened, the stack must hear of it, or it waits for an hour.
        if "ResponseURL" in event:
            answer_stack(event, "FAILED", reason=told(error))
        raise
    if "ResponseURL" in event:
        answer_stack(event, "SUCCESS", attributes={"Digest": digest})
    return {"applied": applied}


def _follow(event: dict[str, Any]) -> list[str]:
    if event.get("RequestType") != "Delete":
        applied = apply_migrations(database_url(), index_form())
        logger.info("migrations applied", applied=applied)
        return applied
    bucket = event.get("ResourceProperties", {}).get("Erase")
    if bucket:
        logger.warning("documents erased", bucket=bucket, versions=erase_documents(bucket))
    return []
