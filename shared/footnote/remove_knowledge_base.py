"""The end of a knowledge base: its documents are deleted, waited for, and then its name goes."""

import time
from collections.abc import Iterator, Mapping, Sequence

from footnote.copy_ports import CopyPorts, Reply
from footnote.domain.document import (
    DEFAULT_KNOWLEDGE_BASE,
    KnowledgeBaseId,
    document_key_of,
    knowledge_base_of,
)
from footnote.domain.drift import CurrentObject

_POLL_S = 1.0
# Events on their way begin a knowledge base anew behind its end.
_LATE_POLLS = 10
_DELETED = "deleted"


def remove_knowledge_base(
    kb: KnowledgeBaseId, ports: CopyPorts, timeout_s: float, *, understood: bool
) -> bool:
    """Delete what it holds, wait until the index has noticed, and end it; whether it ended.

    Every deletion is waited for by the version of its marker: an event that comes behind the end
    would begin the knowledge base anew. `understood`: no upload is on its way any more. Of sidecars
    and folder markers there is nothing to be noticed.
    """
    stored = dict.fromkeys(held_keys(kb, ports))
    known = dict.fromkeys(str(one["key"]) for one in ports.api.documents(kb))
    held = stored | known
    for key in held:
        if key not in stored:  # imported without its file: nobody is told that nothing is deleted
            ports.bucket.put(key, b"", "application/octet-stream")
        ports.objects.delete(key)
    markers = {one.key: one.version_id for one in _listing(kb, ports)}
    gone = {key: markers.get(key) for key in held if document_key_of(key) == key}
    noticed = documents_seen(kb, gone, (_DELETED,), timeout_s, ports)
    if len(noticed) < len(gone) or not ports.knowledge_bases.remove_empty(kb):
        return False
    for _ in range(0 if understood else _LATE_POLLS):
        ports.sleep(_POLL_S)
        ports.knowledge_bases.remove_empty(kb)
    return True


def held_keys(kb: KnowledgeBaseId, ports: CopyPorts) -> list[str]:
    """The keys that hold something."""
    return [one.key for one in _listing(kb, ports) if not one.deleted]


def _listing(kb: KnowledgeBaseId, ports: CopyPorts) -> Iterator[CurrentObject]:
    """Objects of `default` may lie anywhere in the bucket."""
    prefix = "" if kb == DEFAULT_KNOWLEDGE_BASE else f"{kb}/"
    return (one for one in ports.bucket.listing(prefix) if knowledge_base_of(one.key) == kb)


def documents_seen(
    kb: KnowledgeBaseId,
    wanted: Mapping[str, str | None],
    status: Sequence[str],
    seconds: float,
    ports: CopyPorts,
) -> dict[str, Reply]:
    """The documents that are at this version and of this status: all, or those in time."""
    deadline = time.monotonic() + seconds
    only = _DELETED if _DELETED in status else ""
    while True:
        known = {one["key"]: one for one in ports.api.documents(kb, status=only)}
        seen = {
            key: known[key]
            for key, version in wanted.items()
            if key in known
            and known[key]["status"] in status
            and version in (None, known[key]["version_id"])
        }
        if len(seen) == len(wanted) or time.monotonic() >= deadline:
            return seen
        ports.sleep(_POLL_S)
