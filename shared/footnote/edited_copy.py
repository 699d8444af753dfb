"""A copy of a knowledge base whose documents are edited, so that nobody's own are touched."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from footnote.copy_ports import CopyPorts, Reply
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import TransientError, UnprocessableError
from footnote.evaluation.edits import Edit, edited_text

_POLL_S = 1.0
# Removing takes no longer, also where copying had more time: somebody waits for the results.
_REMOVING_S = 120.0
# An interrupted copy has events on their way that begin the knowledge base anew behind its end.
_LATE_POLLS = 10
_DONE = ("ready", "failed", "skipped")
_DELETED = "deleted"
_SIDECAR = ".metadata.json"
_SETTINGS = ("persona", "answer_format", "cache_answers")


@dataclass(slots=True, kw_only=True)
class EditedCopy:
    """A copy that is there within its context, and removed at its end unless it is kept."""

    kb: KnowledgeBaseId
    name: KnowledgeBaseId
    ports: CopyPorts
    timeout_s: float
    keep: bool = False
    _understood: bool = False

    def __enter__(self) -> Self:
        """Copy every object, and wait until all are understood.

        Raises:
            UnprocessableError: the copy's name is taken, or there is nothing to copy.
            TransientError: it takes too long.
        """
        if self._held():
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
        self._understood = True
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
            version = self.ports.bucket.copy(key, to)
            if not to.endswith(_SIDECAR):
                wanted[to] = version
        self._await(wanted)

    def _await(self, wanted: Mapping[str, str | None]) -> dict[str, Reply]:
        """The documents, as soon as each is at this version and done."""
        done, seconds = self._seen(wanted, _DONE, self.timeout_s), f"{self.timeout_s:g} seconds"
        if len(done) < len(wanted):
            message = (
                f"{len(wanted) - len(done)} of {len(wanted)} documents of {self.name} are not"
                f" understood after {seconds}; --timeout waits longer"
            )
            raise TransientError(message)
        return done

    def _seen(
        self, wanted: Mapping[str, str | None], status: Sequence[str], seconds: float
    ) -> dict[str, Reply]:
        """The documents that are at this version and of this status: all, or those in time."""
        deadline = time.monotonic() + seconds
        only = _DELETED if _DELETED in status else ""
        while True:
            known = {one["key"]: one for one in self.ports.api.documents(self.name, status=only)}
            seen = {
                key: known[key]
                for key, version in wanted.items()
                if key in known
                and known[key]["status"] in status
                and version in (None, known[key]["version_id"])
            }
            if len(seen) == len(wanted) or time.monotonic() >= deadline:
                return seen
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
        """Delete what it holds, wait until the index has noticed, and end the knowledge base.

        Every deletion is waited for by the version of its marker: an event that comes behind the
        end would begin the knowledge base anew.
        """
        self.ports.told(f"removing {self.name}")
        held = self._held()
        for key in held:
            self.ports.objects.delete(key)
        markers = {one.key: one.version_id for one in self.ports.bucket.listing(self._prefix)}
        gone = {key: markers.get(key) for key in held if not key.endswith(_SIDECAR)}
        noticed = self._seen(gone, (_DELETED,), min(self.timeout_s, _REMOVING_S))
        if len(noticed) < len(gone) or not self.ports.knowledge_bases.remove_empty(self.name):
            self.ports.told(
                f"the documents of {self.name} are deleted, but its name stays: the index has not"
                f" noticed yet. The next copy of that name takes it along."
            )
        elif not self._understood:
            for _ in range(_LATE_POLLS):
                self.ports.sleep(_POLL_S)
                self.ports.knowledge_bases.remove_empty(self.name)

    @property
    def _prefix(self) -> str:
        return f"{self.name}/"

    def _held(self) -> list[str]:
        """The keys of the copy that hold something."""
        return [one.key for one in self.ports.bucket.listing(self._prefix) if not one.deleted]
