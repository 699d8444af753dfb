"""A copy of a knowledge base whose documents are edited, so that nobody's own are touched."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.drift import CurrentObject
from footnote.domain.errors import TransientError, UnprocessableError
from footnote.evaluation.edits import Edit, edited_text
from footnote.inbox.objects import StoredObject

_POLL_S = 1.0
_DONE = ("ready", "failed", "skipped")
_SIDECAR = ".metadata.json"
_SETTINGS = ("persona", "answer_format", "cache_answers")

type Reply = Mapping[str, Any]


class Bucket(Protocol):
    """The bucket as a whole."""

    def listing(self, prefix: str = "") -> Iterator[CurrentObject]:
        """What every key with this prefix holds."""
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

    def documents(self, knowledge_base: str) -> Iterable[Reply]:
        """Where its documents stand."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPorts:
    """What copying needs from outside; `told` is told of each step in words."""

    bucket: Bucket
    objects: Objects
    api: Api
    max_bytes: int
    sleep: Callable[[float], None] = time.sleep
    told: Callable[[str], object] = str


@dataclass(slots=True, kw_only=True)
class EditedCopy:
    """A copy that is there within its context, and removed at its end unless it is kept."""

    kb: KnowledgeBaseId
    name: KnowledgeBaseId
    ports: CopyPorts
    timeout_s: float
    keep: bool = False
    _keys: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Copy every object, and wait until all are understood.

        Raises:
            UnprocessableError: the copy's name is taken, or there is nothing to copy.
            TransientError: it takes too long.
        """
        if any(not one.deleted for one in self.ports.bucket.listing(f"{self.name}/")):
            message = f"{self.name} holds documents, and a copy needs a name of its own: --copy"
            raise UnprocessableError(message)
        prefix = f"{self.kb}/"
        keys = [one.key for one in self.ports.bucket.listing(prefix) if not one.deleted]
        if not keys:
            message = f"the bucket holds nothing below {prefix}"
            raise UnprocessableError(message)
        self.ports.told(f"copying {len(keys)} objects of {self.kb} to {self.name}")
        try:
            self._fill(keys)
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove it."""
        if self.keep:
            self.ports.told(f"{self.name} is kept")
        else:
            self._remove()

    def check(self, edits: Iterable[Edit]) -> dict[str, bytes]:
        """What each edited document will hold.

        Raises:
            UnprocessableError: a document is not there, or cannot be edited so.
        """
        of: dict[str, list[Edit]] = {}
        for one in edits:
            of.setdefault(one.document, []).append(one)
        return {name: self._edited(name, those) for name, those in of.items()}

    def edit(self, contents: Mapping[str, bytes]) -> None:
        """Put edited documents in their places, and wait until they answer.

        Raises:
            UnprocessableError: one of them was not understood.
            TransientError: it takes too long.
        """
        self.ports.told(f"editing {', '.join(contents)}")
        wanted = {}
        for name, content in contents.items():
            ticket = self.ports.api.upload(self.name, name, content)
            wanted[str(ticket["key"])] = ticket["version_id"]
        for key, document in self._await(wanted).items():
            if document["status"] != "ready":
                why = document.get("reason") or document["status"]
                message = f"the edited {key} was not understood: {why}"
                raise UnprocessableError(message)

    def _fill(self, keys: Iterable[str]) -> None:
        known = self.ports.api.settings(self.kb)
        self.ports.api.put_settings(self.name, {name: known[name] for name in _SETTINGS})
        wanted = {}
        for key in keys:
            to = f"{self.name}/{key.removeprefix(f'{self.kb}/')}"
            self._keys.append(to)
            version = self.ports.bucket.copy(key, to)
            if not to.endswith(_SIDECAR):
                wanted[to] = version
        self._await(wanted)

    def _await(self, wanted: Mapping[str, str | None]) -> dict[str, Reply]:
        """The documents, as soon as each is at this version and done."""
        deadline = time.monotonic() + self.timeout_s
        while True:
            known = {one["key"]: one for one in self.ports.api.documents(self.name)}
            done = {
                key: known[key]
                for key, version in wanted.items()
                if key in known
                and known[key]["status"] in _DONE
                and version in (None, known[key]["version_id"])
            }
            if len(done) == len(wanted):
                return done
            if time.monotonic() >= deadline:
                message = (
                    f"{len(wanted) - len(done)} of {len(wanted)} documents of {self.name} are not"
                    f" understood after {self.timeout_s:g} seconds; --timeout waits longer"
                )
                raise TransientError(message)
            self.ports.sleep(_POLL_S)

    def _edited(self, name: str, edits: list[Edit]) -> bytes:
        key = f"{self.kb}/{name}"
        there = self.ports.objects.fetch(key, max_bytes=self.ports.max_bytes)
        if there is None or there.content is None:
            message = f"there is no document {key}, or it is too large"
            raise UnprocessableError(message)
        files = [one.edited for one in edits if one.edited]
        return files[-1].read_bytes() if files else edited_text(there.content, edits)

    def _remove(self) -> None:
        self.ports.told(f"removing {self.name}")
        for key in self._keys:
            self.ports.objects.delete(key)
