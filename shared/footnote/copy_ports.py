"""What copying a knowledge base, and removing one, needs from outside."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.drift import CurrentObject
from footnote.inbox.objects import StoredObject

type Reply = Mapping[str, Any]


class Bucket(Protocol):
    """The bucket as a whole."""

    def listing(self, prefix: str = "") -> Iterator[CurrentObject]:
        """What every key with this prefix holds."""
        ...

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Upload an object."""
        ...

    def copy(self, key: str, to: str) -> str | None:
        """Copy an object; its new version."""
        ...


class Objects(Protocol):
    """Single objects of it."""

    def fetch(self, key: str, *, max_bytes: int) -> StoredObject | None:
        """An object."""
        ...

    def delete(self, key: str) -> None:
        """Remove it."""
        ...


class Api(Protocol):
    """Footnote's HTTP API, as far as a copy goes."""

    def settings(self, knowledge_base: str) -> Reply:
        """The settings of a knowledge base."""
        ...

    def put_settings(self, knowledge_base: str, settings: dict[str, Any]) -> Reply:
        """Replace them."""
        ...

    def upload(self, knowledge_base: str, name: str, content: bytes) -> Reply:
        """Put a document into the bucket; returns its `key` and `version_id`."""
        ...

    def documents(self, knowledge_base: str, *, status: str = "") -> Iterable[Reply]:
        """Where its documents stand; deleted ones only where `status` asks for them."""
        ...


class KnowledgeBases(Protocol):
    """Those that there are."""

    def remove_empty(self, kb: KnowledgeBaseId) -> bool:
        """Remove one whose documents are all deleted; whether it is there no more."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPorts:
    """What copying needs from outside; `told` is told of each step in words."""

    bucket: Bucket
    objects: Objects
    api: Api
    knowledge_bases: KnowledgeBases
    max_bytes: int
    sleep: Callable[[float], None] = time.sleep
    told: Callable[[str], object] = str
