"""Test doubles for Footnote's ports, each held to the same contract suite as the real adapter."""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from footnote.domain.document import LONGEST_KEY_BYTES, ObjectVersion
from footnote.domain.drift import CurrentObject
from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.embedding.port import Vector
from footnote.inbox.notifications import ObjectEvent
from footnote.inbox.objects import StoredObject


class FakeEmbedder:
    """Adds up one fixed direction per word, so texts that share words have similar vectors."""

    model = "fake-bag-of-words"

    def __init__(self, dimension: int = 384) -> None:
        self.dimension = dimension

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> Vector:
        total = [0.0] * self.dimension
        for word in re.findall(r"\w+", text.casefold()) or [""]:
            digest = hashlib.sha256(word.encode(errors="replace")).digest()
            # Several coordinates per word: a collision of one of them does not make a synonym.
            for i in range(0, 24, 3):
                index = int.from_bytes(digest[i : i + 2]) % self.dimension
                total[index] += 1.0 if digest[i + 2] % 2 else -1.0
        total[0] += 1e-3  # words that cancel out still leave a direction
        norm = math.hypot(*total)
        return [value / norm for value in total]


class FakeReranker:
    """Says which share of the question's words a text has; raises an error, where it has one."""

    model = "fake-reranker"

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.patience: list[float] = []

    def rerank(self, question: str, texts: Sequence[str], *, deadline_s: float) -> list[float]:
        self.patience.append(deadline_s)
        if self.error:
            raise self.error
        asked = set(re.findall(r"\w+", question.casefold())) or {""}
        words = [set(re.findall(r"\w+", text.casefold())) for text in texts]
        return [len(asked & found) / len(asked) for found in words]


class FakeBucket:
    """A versioned bucket in memory; it hands out the events that S3 would send."""

    def __init__(self) -> None:
        self._versions: dict[str, list[tuple[str, bytes | None]]] = {}
        self._clock = count(1)
        self._ids = count(1)
        self.unavailable = False
        self.tags: dict[tuple[str, str], dict[str, str]] = {}

    def tag(self, key: str, version_id: str, tags: Mapping[str, str]) -> None:
        if self.unavailable:
            message = "S3 answered 503"
            raise ObjectStorageUnavailableError(message)
        self.tags[key, version_id] = dict(tags)

    def put(self, key: str, content: bytes) -> ObjectEvent:
        return self._happened(key, content)

    def remove(self, key: str) -> ObjectEvent:
        return self._happened(key, None)

    def fetch(self, key: str, *, max_bytes: int) -> StoredObject | None:
        if self.unavailable:
            message = "S3 answered 503"
            raise ObjectStorageUnavailableError(message)
        if len(key.encode()) > LONGEST_KEY_BYTES:
            message = "S3 answered KeyTooLongError"
            raise ObjectStorageUnavailableError(message)
        version_id, content = (self._versions.get(key) or [("", None)])[-1]
        if content is None:
            return None
        fits = len(content) <= max_bytes
        return StoredObject(
            version_id=version_id, size=len(content), content=content if fits else None
        )

    def listing(self, prefix: str) -> Iterator[CurrentObject]:
        """What every key holds now, in order of keys."""
        for key, versions in sorted(self._versions.items()):
            if key.startswith(prefix) and versions:
                version_id, content = versions[-1]
                yield CurrentObject(
                    key=key,
                    version_id=version_id,
                    modified_at=datetime(2026, 11, 22, tzinfo=UTC),
                    deleted=content is None,
                )

    def remove_latest_version(self, key: str) -> ObjectEvent:
        """Delete the current version for good: the one before it is current again, if any."""
        version_id, _ = self._versions[key].pop()
        return self._event(key, version_id, None)

    def _happened(self, key: str, content: bytes | None) -> ObjectEvent:
        version_id = f"v{next(self._ids)}"
        self._versions.setdefault(key, []).append((version_id, content))
        return self._event(key, version_id, content)

    def _event(self, key: str, version_id: str, content: bytes | None) -> ObjectEvent:
        tick = next(self._clock)
        version = ObjectVersion(
            bucket="documents",
            key=key,
            sequencer=f"{tick:08X}",
            version_id=version_id,
            event_time=datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=tick),
            size=None if content is None else len(content),
        )
        return ObjectEvent(version=version, removed=content is None)
