"""Which function each event is for, and what it has to answer on an empty system."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A function and a look at what it printed."""

    function: str
    holds: Callable[[Any], bool]
    is_json: bool = True

    def wrong(self, reply: str) -> str:
        """What is not as it should be; empty if all is."""
        try:
            found = json.loads(reply) if self.is_json else reply
        except ValueError:
            return f"no JSON: {reply[-500:]!r}"
        return "" if self.holds(found) else f"the reply is {reply[:500]}"


def _says(status: int, word: str) -> Callable[[Any], bool]:
    return lambda reply: reply.get("statusCode") == status and word in reply["body"]


def _no_failures(reply: Any) -> bool:
    return bool(reply == {"batchItemFailures": []})


_INGEST = Expected(function="IngestFunction", holds=_no_failures)
_MIGRATE = Expected(function="MigrateFunction", holds=lambda reply: "applied" in reply)
EXPECTED: Mapping[str, Expected] = {
    "api-ask.json": Expected(function="ApiFunction", holds=_says(200, "declined")),
    "api-health.json": Expected(function="ApiFunction", holds=_says(200, '"ok"')),
    "api-search.json": Expected(function="ApiFunction", holds=_says(200, "passages")),
    # Nothing here takes its upload in, and it says so.
    "canary-schedule.json": Expected(
        function="CanaryFunction",
        holds=lambda reply: "not answerable" in reply.get("errorMessage", ""),
    ),
    "ingest-delete-marker.json": _INGEST,
    "ingest-delete-version.json": _INGEST,
    "ingest-lifecycle-expiration.json": _INGEST,
    "ingest-out-of-order.json": _INGEST,
    "ingest-overwrite.json": _INGEST,
    "ingest-put-multipart.json": _INGEST,
    "ingest-put.json": _INGEST,
    "ingest-s3-test.json": _INGEST,
    "migrate-create.json": _MIGRATE,
    "migrate-delete.json": _MIGRATE,
    "migrate-update.json": _MIGRATE,
    "reconcile-schedule.json": Expected(
        function="ReconcileFunction", holds=lambda reply: reply.get("sent") == 0
    ),
    # A container's runtime does not stream: all events come at once behind the head.
    "stream-ask.json": Expected(
        function="StreamFunction",
        holds=lambda reply: "event: passages" in reply and "event: done" in reply,
        is_json=False,
    ),
}
