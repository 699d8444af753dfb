"""A copy of a knowledge base whose documents are edited, so that nobody's own are touched."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from footnote.copy_ports import CopyPorts, Reply
from footnote.domain.document import KnowledgeBaseId, is_sidecar
from footnote.domain.errors import TransientError, UnprocessableError
from footnote.evaluation.edits import Edit, edited_text
from footnote.remove_knowledge_base import (
    documents_seen,
    held_keys,
    remove_knowledge_base,
)

# Removing takes no longer, also where copying had more time: somebody waits for the results.
_REMOVING_S = 120.0
_DONE = ("ready", "failed", "skipped")
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
        if held := held_keys(self.name, self.ports):
            raise UnprocessableError(self._taken(held))
        keys = held_keys(self.kb, self.ports)
        if not keys:
            message = f"the bucket holds nothing below {self.kb}/"
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
            if not is_sidecar(to):
                wanted[to] = version
        self._await(wanted)

    def _await(self, wanted: Mapping[str, str | None]) -> dict[str, Reply]:
        """The documents, as soon as each is at this version and done."""
        done = documents_seen(self.name, wanted, _DONE, self.timeout_s, self.ports)
        if len(done) < len(wanted):
            message = (
                f"{len(wanted) - len(done)} of {len(wanted)} documents of {self.name} are not"
                f" understood after {self.timeout_s:g} seconds; --timeout waits longer"
            )
            raise TransientError(message)
        return done

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
        seconds = min(self.timeout_s, _REMOVING_S)
        if not remove_knowledge_base(self.name, self.ports, seconds, understood=self._understood):
            self.ports.told(
                f"the documents of {self.name} are deleted, but its name stays: the index has not"
                f" noticed yet. The next copy of that name takes it along, or `footnote kb remove"
                f" {self.name}`."
            )

    def _taken(self, held: Collection[str]) -> str:
        """Why the name cannot be had, and what to do."""
        of = {key.removeprefix(f"{self.kb}/") for key in held_keys(self.kb, self.ports)}
        if {key.removeprefix(f"{self.name}/") for key in held} <= of:
            return (
                f"{self.name} holds {len(held)} objects that {self.kb} has too, as a copy that was"
                f" kept or whose run was killed: `footnote kb remove {self.name}` removes it, or"
                " another name: --copy"
            )
        return f"{self.name} holds documents, and a copy needs a name of its own: --copy"
