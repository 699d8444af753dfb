"""What a document is: an uploaded file at a key, its versions, and where each stands."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

KnowledgeBaseId = NewType("KnowledgeBaseId", str)
DocumentId = NewType("DocumentId", str)

DEFAULT_KNOWLEDGE_BASE = KnowledgeBaseId("default")
SIDECAR_SUFFIX = ".metadata.json"
LONGEST_KEY_BYTES = 1024  # a limit of S3
_KNOWLEDGE_BASE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class DocumentStatus(StrEnum):
    """Where a document stands on its way into the index."""

    PENDING = "pending"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"
    SKIPPED = "skipped"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectVersion:
    """One version of one object, as an S3 notification names it.

    `sequencer` orders events of one key: right-pad with zeros and compare as strings
    (Amazon S3 User Guide, "Event message structure"). It is empty where S3 sends none.
    `asked_at` is when Footnote itself asked for the key to be read; nothing where S3 told of it.
    `dropped`: it was deleted for good, which hides no other version and may bring one back.
    """

    bucket: str
    key: str
    sequencer: str
    version_id: str | None
    event_time: datetime
    size: int | None = None
    etag: str | None = None
    asked_at: datetime | None = None
    dropped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMetadata:
    """What a sidecar says of a document: filterable attributes, and what a citation shows."""

    title: str | None = None
    url: str | None = None
    attributes: dict[str, object] | None = None


def is_knowledge_base(name: str) -> bool:
    """Whether `name` has the form of a knowledge base's name."""
    return _KNOWLEDGE_BASE.fullmatch(name) is not None


def knowledge_base_of(key: str) -> KnowledgeBaseId:
    """The knowledge base that a key belongs to: its first segment, or `default` at the root.

    A first segment that cannot be a name (capitals, spaces) also falls to `default`, so that no
    upload is lost for the sake of its folder's name.
    """
    first, slash, _ = key.partition("/")
    return KnowledgeBaseId(first) if slash and is_knowledge_base(first) else DEFAULT_KNOWLEDGE_BASE


def document_id_of(key: str) -> DocumentId:
    """The stable id of the document at a key: its knowledge base and 32 digits of a SHA-256."""
    return DocumentId(f"{knowledge_base_of(key)}.{hashlib.sha256(key.encode()).hexdigest()[:32]}")


def knowledge_base_in(document_id: DocumentId) -> KnowledgeBaseId:
    """The knowledge base that a document's id names."""
    return KnowledgeBaseId(document_id.partition(".")[0])


def names_of(key: str, title: str | None) -> tuple[str, ...]:
    """What people may call a document: its title, and its file's name where that says more."""
    stem = key.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    words = " ".join(re.findall(r"[^\W_]+", stem))
    told = set((title or "").casefold().split())
    extra = (words,) if words and not set(words.casefold().split()) <= told else ()
    return ((title,) if title else ()) + extra


def is_sidecar(key: str) -> bool:
    """Whether the object describes another one instead of being a document itself."""
    return key.endswith(SIDECAR_SUFFIX)


def document_key_of(key: str) -> str | None:
    """The key of the document that an object is, or that it describes as its sidecar.

    None where there is no document: at a console's folder marker, for a sidecar that describes
    a folder or another sidecar, and at a key with a NUL, which S3 takes and Postgres does not.
    """
    described = key.removesuffix(SIDECAR_SUFFIX)
    if not described or described.endswith("/") or is_sidecar(described) or "\0" in described:
        return None
    return described
