"""The sample knowledge base: Footnote's own documentation."""

import hashlib
from collections.abc import Mapping
from typing import Protocol

from footnote.domain.drift import CurrentObject
from footnote.local.repository import SAMPLE_KNOWLEDGE_BASE, Repository


class Bucket(Protocol):
    """What the sample goes into."""

    def current(self) -> Mapping[str, CurrentObject]:
        """What every key holds now, deleted ones included."""
        ...

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Upload an object."""
        ...


def upload_sample(bucket: Bucket, repository: Repository) -> int:
    """Upload what is new or changed, and return how many files that were.

    What a person deleted stays deleted.
    """
    current = bucket.current()
    uploaded = 0
    for path in repository.sample_documents():
        content = path.read_bytes()
        key = f"{SAMPLE_KNOWLEDGE_BASE}/{path.relative_to(repository.root).as_posix()}"
        stored = current.get(key)
        if stored is None or not (stored.deleted or stored.etag == _etag(content)):
            bucket.put(key, content, "text/markdown")
            uploaded += 1
    return uploaded


def _etag(content: bytes) -> str:
    """S3's ETag of an object that was uploaded in one part."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
