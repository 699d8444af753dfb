"""What is sent and answered about documents."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from footnote.domain.document import DocumentStatus
from footnote.http.contracts import Body, KnowledgeBase, Reply, Words


class UploadRequest(Body):
    """`POST /v1/documents`."""

    name: Words
    knowledge_base: KnowledgeBase = "default"
    # It is to be sent as a header.
    content_type: Annotated[str, StringConstraints(pattern=r"^[!-~][ -~]*$", max_length=200)] = (
        "application/octet-stream"
    )


class DocumentReply(Reply):
    """One document; of a long one that is worked on, texts `embedded` of `to_embed`."""

    document_id: str
    key: str
    version_id: str | None
    status: DocumentStatus
    reason: str | None
    title: str | None
    chunks: int
    embedded: int | None = None
    to_embed: int | None = None
    bytes: int | None
    indexed_at: datetime | None


class AwaitReply(DocumentReply):
    """The document that holds the version asked for, or would.

    Where that was `overtaken` it is no longer what the bucket holds and will not be answerable;
    the rest tells of the version that is known instead.
    """

    overtaken: bool


class DocumentsReply(Reply):
    """A page of documents.

    The first comes with `counts` by status: of the whole knowledge base, whatever was asked for.
    """

    documents: list[DocumentReply]
    next_cursor: str | None
    counts: dict[DocumentStatus, int] | None


class HistoryReply(Reply):
    """One change of a document's status."""

    at: datetime
    status: DocumentStatus
    reason: str | None
    version_id: str | None
    chunks: int


class DocumentDetailReply(DocumentReply):
    """One document with its history, newest first."""

    url: str | None
    attributes: dict[str, object]
    history: list[HistoryReply]


class ChunkReply(Reply):
    """A part of what was understood of a document."""

    ordinal: int
    text: str
    page: int | None
    heading_path: list[str]


class ChunksReply(Reply):
    """A page of a document's chunks."""

    chunks: list[ChunkReply]
    next_cursor: str | None


class UploadTarget(Reply):
    """One request that uploads the file."""

    method: str
    url: str
    headers: dict[str, str]


class UploadReply(Reply):
    """Where to send the file, and what it will be."""

    document_id: str
    key: str
    upload: UploadTarget
