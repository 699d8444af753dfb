"""Sends again what the queue lost: its messages live in memory, documents and index on disk.

At every start the bucket is compared with the index, and each difference becomes a notification
as S3 would have sent it. Sending one too many does no harm: ingestion knows what it has seen.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import quote_plus

from footnote.aws.bucket import CurrentObject
from footnote.client import Reply
from footnote.domain.document import SIDECAR_SUFFIX, is_sidecar, knowledge_base_of

# Those that no later event would move on: it was in a queue, or in an environment that was killed.
_UNFINISHED = frozenset({"pending", "processing"})


class Documents(Protocol):
    """What the index knows."""

    def documents(self, knowledge_base: str) -> Iterable[Reply]:
        """Every document of a knowledge base that is not deleted."""
        ...


class Bucket(Protocol):
    """What the bucket holds."""

    name: str

    def current(self) -> Mapping[str, CurrentObject]:
        """What every key holds now, deleted ones included."""
        ...


class Queue(Protocol):
    """Where notifications go."""

    def send(self, bodies: list[str]) -> None:
        """Send messages."""
        ...


def send_lost_events(bucket: Bucket, api: Documents, queue: Queue, *, started: datetime) -> int:
    """Send a notification for each key whose index is not what the bucket holds.

    They are dated `started`, a moment before the S3 endpoint came up: after everything that it
    sent in earlier runs, and before everything that it sends in this one.
    """
    current = bucket.current()
    known: dict[str, Reply] = {}
    for knowledge_base in sorted({knowledge_base_of(key) for key in current}):
        known |= {document["key"]: document for document in api.documents(knowledge_base)}
    lost = [key for key, item in current.items() if _is_lost(key, item, known)]
    queue.send([_notification(bucket.name, key, current[key], started) for key in lost])
    return len(lost)


def _is_lost(key: str, item: CurrentObject, known: Mapping[str, Reply]) -> bool:
    if is_sidecar(key):
        document = known.get(key.removesuffix(SIDECAR_SUFFIX))
        return document is not None and _is_newer(item, document)
    document = known.get(key)
    if item.deleted:
        return document is not None
    if document is None:
        return not key.endswith("/")  # a console's folder marker never becomes a document
    return document["version_id"] != item.version_id or document["status"] in _UNFINISHED


def _is_newer(sidecar: CurrentObject, document: Reply) -> bool:
    """Whether a document was indexed before its sidecar became what it is.

    S3 dates objects in whole seconds, so within the same second the sidecar counts as newer.
    """
    if document["indexed_at"] is None:
        return False
    indexed_at = datetime.fromisoformat(document["indexed_at"])
    return indexed_at.replace(microsecond=0) <= sidecar.modified_at


def _notification(bucket: str, key: str, item: CurrentObject, started: datetime) -> str:
    stored: dict[str, object] = {
        "key": quote_plus(key, safe="/"),
        "versionId": item.version_id,
        "sequencer": f"{int(started.timestamp() * 1_000_000):018X}",  # ministack's own form
    }
    if not item.deleted:
        stored |= {"size": item.size, "eTag": item.etag}
    name = "ObjectRemoved:DeleteMarkerCreated" if item.deleted else "ObjectCreated:Put"
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": name,
        "eventTime": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "s3": {"bucket": {"name": bucket}, "object": stored},
    }
    return json.dumps({"Records": [record]})
