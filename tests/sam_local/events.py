"""Which functions each event is for, and what they have to answer on an empty system."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


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


# The queue of work carries the very messages of the queue of notifications.
_TAKEN_IN = (
    Expected(function="IntakeFunction", holds=_no_failures),
    Expected(function="IngestFunction", holds=_no_failures),
)
_MIGRATE = (Expected(function="MigrateFunction", holds=lambda reply: "applied" in reply),)
EXPECTED: Mapping[str, tuple[Expected, ...]] = {
    "api-ask.json": (Expected(function="ApiFunction", holds=_says(200, "declined")),),
    "api-health.json": (Expected(function="ApiFunction", holds=_says(200, '"ok"')),),
    "api-search.json": (Expected(function="ApiFunction", holds=_says(200, "passages")),),
    # Nothing here takes its upload in, and it says so.
    "canary-schedule.json": (
        Expected(
            function="CanaryFunction",
            holds=lambda reply: "not answerable" in reply.get("errorMessage", ""),
        ),
    ),
    "ingest-delete-marker.json": _TAKEN_IN,
    "ingest-delete-version.json": _TAKEN_IN,
    "ingest-lifecycle-expiration.json": _TAKEN_IN,
    "ingest-out-of-order.json": _TAKEN_IN,
    "ingest-overwrite.json": _TAKEN_IN,
    "ingest-put-multipart.json": _TAKEN_IN,
    "ingest-put.json": _TAKEN_IN,
    "ingest-s3-test.json": _TAKEN_IN,
    "migrate-configuration.json": _MIGRATE,
    "migrate-create.json": _MIGRATE,
    "migrate-delete.json": _MIGRATE,
    "migrate-update.json": _MIGRATE,
    "reconcile-schedule.json": (
        Expected(function="ReconcileFunction", holds=lambda reply: reply.get("sent") == 0),
    ),
    # A container's runtime does not stream: all events come at once behind the head.
    "stream-ask.json": (
        Expected(
            function="StreamFunction",
            holds=lambda reply: "event: passages" in reply and "event: done" in reply,
            is_json=False,
        ),
    ),
}


def read_event(name: str) -> dict[str, Any]:
    """As it is in the file; CloudFormation, which waits for a reply, is not there."""
    event: dict[str, Any] = json.loads((ROOT / "events" / name).read_text())
    event.pop("ResponseURL", None)
    return event
