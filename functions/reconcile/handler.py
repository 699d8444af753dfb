"""Every hour: compares the bucket with the index, and sends what events missed once more.

And forgets visitors and questions whose time is over, and has those without an answer looked at.
"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from footnote.bootstrap import (
    index_age_s,
    measure_models,
    reconcile_ports,
    retention_ports,
    send_visits,
)
from footnote.domain.errors import AlreadyRunningError
from footnote.domain.reconciliation import Request
from footnote.observability import BRAKED, INDEX_AGE, SENT_AGAIN, guarded, logger, measure
from footnote.reconcile import horizon_at, reconcile
from footnote.retention import forget


@guarded
@logger.inject_lambda_context(clear_state=True, log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """One run; what it sent and what its brake held back."""
    forget(retention_ports())
    send_visits()
    measure_models()
    # This clock only decides how long to wait for events: a few seconds more or less do not matter.
    request = Request(horizon=horizon_at(datetime.now(UTC)))
    try:
        report = reconcile(reconcile_ports(), request)
    except AlreadyRunningError as error:
        logger.warning("nothing reconciled", reason=str(error), scheduled=event.get("time"))
        return {"sent": 0, "held_back": 0, "braked": []}
    found: dict[str, Any] = {"sent": report.sent, "held_back": report.held_back}
    found["braked"] = report.braked
    logger.info("reconciled", **found, scheduled=event.get("time"))
    if report.braked:
        advice = "see if the bucket is the right one, then run `footnote reconcile --force`"
        logger.error("deletions held back", **found, advice=advice)
    measure({SENT_AGAIN: report.sent, BRAKED: report.held_back, INDEX_AGE: index_age_s()})
    return found
