"""`fetch`: the text of a document, from a passage on where it is long."""

import re
from collections.abc import Sequence
from typing import Any

from footnote.domain.document import (
    DocumentId,
    KnowledgeBaseId,
    is_knowledge_base,
    knowledge_base_in,
)
from footnote.domain.errors import NotFoundError
from footnote.http.citing import address_of
from footnote.http.mcp.contracts import FetchResult
from footnote.http.ports import Documents

# About 100,000 characters: what a model reads in one go.
MOST_CHUNKS = 100
_ID = re.compile(r"([a-z0-9-]+\.[0-9a-f]{32})(?:#(\d{1,9}))?")


def read_document(
    wanted: str, documents: Documents, within: Sequence[KnowledgeBaseId]
) -> FetchResult:
    """A document by its id, or by that of a passage: `<document_id>#<ordinal>`.

    `within`: the knowledge bases that it may be of; empty: any.

    Raises:
        NotFoundError: there is none of that id, none that has been read, or it is of another one.
    """
    document_id, ordinal = _place(wanted)
    kb = knowledge_base_in(document_id)
    reached = is_knowledge_base(kb) and (not within or kb in within)
    row = documents.get(document_id) if reached else None
    if row is None or not row["chunks"]:
        raise _missing(wanted)
    # A short one is given whole, wherever the passage stands in it.
    begin = ordinal if row["chunks"] > MOST_CHUNKS else 0
    chunks = documents.chunks(document_id, after=begin - 1, limit=MOST_CHUNKS)
    if not chunks:
        raise _missing(wanted)
    last = chunks[-1]["ordinal"]
    more = f"{document_id}#{last + 1}" if last + 1 < row["chunks"] else None
    return FetchResult(
        id=wanted,
        title=row["title"] or row["key"].rpartition("/")[2],
        text="\n\n".join(chunk["text"] for chunk in chunks),
        url=address_of(row["url"], document_id),
        metadata=_metadata(row, chunks[0]) | ({"next": more} if more else {}),
    )


def _place(wanted: str) -> tuple[DocumentId, int]:
    found = _ID.fullmatch(wanted)
    if found is None:
        raise _missing(wanted)
    return DocumentId(found[1]), int(found[2] or 0)


def _missing(wanted: str) -> NotFoundError:
    return NotFoundError(f"there is no document {wanted}; take an id that search gave")


def _metadata(row: dict[str, Any], first: dict[str, Any]) -> dict[str, Any]:
    indexed_at = row["indexed_at"]
    known = {
        "key": row["key"],
        "version_id": row["indexed_version_id"],
        "indexed_at": indexed_at.isoformat() if indexed_at else None,
        "page": first["page"],
        "attributes": row["attributes"] or None,
    }
    return {name: value for name, value in known.items() if value is not None}
