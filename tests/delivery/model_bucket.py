"""A bucket in memory that changes in every way S3's do, and the messages that S3 sends of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from footnote.domain.drift import CurrentObject
from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.inbox.notifications import ObjectEvent, write_notification
from tests.fakes import FakeBucket

TEST_EVENT = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "documents"})


class ModelBucket(FakeBucket):
    """Each change returns the message that S3 sends of it."""

    name = "documents"

    def upload(self, key: str, content: bytes, how: str = "Put") -> str:
        """A put, a post, a copy or a multipart upload: one event each."""
        return notification(self.put(key, content), f"ObjectCreated:{how}")

    def delete(self, key: str) -> str:
        """A delete marker becomes the current version."""
        return notification(self.remove(key), "ObjectRemoved:DeleteMarkerCreated")

    def expire(self, key: str) -> str:
        """What a lifecycle rule does; S3 orders these events by nothing."""
        event = self.remove(key)
        unordered = replace(event, version=replace(event.version, sequencer=""))
        return notification(unordered, "LifecycleExpiration:DeleteMarkerCreated")

    def drop_current(self, key: str) -> str | None:
        """Delete the current version for good: what it hid is current again."""
        if not self._versions.get(key):
            return None
        return notification(self.remove_latest_version(key), "ObjectRemoved:Delete")

    def drop_oldest(self, key: str) -> str | None:
        """Delete a version that nobody sees: the event looks like that of the document's end."""
        versions = self._versions.get(key, [])
        if len(versions) < 2:
            return None
        version_id, _ = versions.pop(0)
        return notification(self._event(key, version_id, None), "ObjectRemoved:Delete")

    def current(self, key: str) -> tuple[str, bytes] | None:
        """The version that the bucket holds at a key, whoever may read it."""
        version_id, content = (self._versions.get(key) or [("", None)])[-1]
        return None if content is None else (version_id, content)

    def all_keys(self) -> list[str]:
        """Where it holds something, or did."""
        return list(self._versions)

    def listing(self, prefix: str) -> Iterator[CurrentObject]:
        """What every key holds now; see `reconcile.Bucket`."""
        if self.unavailable:
            message = "S3 answered AccessDenied"
            raise ObjectStorageUnavailableError(message)
        for key in sorted(self._versions):
            if key.startswith(prefix) and self._versions[key]:
                version_id, content = self._versions[key][-1]
                yield CurrentObject(
                    key=key,
                    version_id=version_id,
                    modified_at=datetime.now(UTC),
                    deleted=content is None,
                    size=len(content or b""),
                )


def notification(event: ObjectEvent, kind: str) -> str:
    """An event as S3 tells it, by its own name."""
    message = json.loads(write_notification(event))
    message["Records"][0]["eventName"] = kind
    return json.dumps(message)
