"""`/v1/documents`: what was uploaded, what became of it, and uploading and deleting."""

import time
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from footnote.domain.document import (
    LONGEST_KEY_BYTES,
    DocumentId,
    DocumentStatus,
    KnowledgeBaseId,
    ObjectVersion,
    document_id_of,
    knowledge_base_in,
    knowledge_base_of,
)
from footnote.domain.errors import InvalidRequestError, NotFoundError, UnprocessableError
from footnote.http.contracts import KnowledgeBase
from footnote.http.cursors import BAD_CURSOR, read_cursor, write_cursor
from footnote.http.document_contracts import (
    AwaitReply,
    ChunksReply,
    DocumentDetailReply,
    DocumentReply,
    DocumentsReply,
    UploadReply,
    UploadRequest,
    UploadTarget,
)
from footnote.http.entrance import caller_of
from footnote.http.ports import ApiPorts
from footnote.http.text import Text
from footnote.http.waiting import Wait
from footnote.inbox.notifications import ObjectEvent, write_notification

_LONGEST_ORDINAL = 9  # what fits Postgres' integer

type Limit = Annotated[int, Query(ge=1, le=500)]
type Cursor = Annotated[Text, Query(max_length=2000)]
type Id = Annotated[str, Path(pattern=r"^[a-z0-9-]+\.[0-9a-f]{32}$")]


def add_document_routes(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the routes about documents."""

    @app.get("/v1/documents", tags=["documents"])
    def list_documents(
        knowledge_base: Annotated[KnowledgeBase, Query()] = "default",
        status: Annotated[DocumentStatus | None, Query()] = None,
        prefix: Annotated[Text, Query(max_length=1024)] = "",
        cursor: Cursor = "",
        limit: Limit = 100,
    ) -> DocumentsReply:
        """Documents in the order of their keys."""
        kb = caller_of(app).into(KnowledgeBaseId(knowledge_base))
        rows = ports.documents.page(
            kb,
            status=status,
            prefix=prefix,
            after=read_cursor(cursor),
            limit=limit,
        )
        return DocumentsReply(
            documents=[DocumentReply.model_validate(row) for row in rows],
            next_cursor=write_cursor(rows[-1]["key"]) if len(rows) == limit else None,
            counts=None if cursor else ports.documents.counts(kb),
        )

    @app.get("/v1/documents/await", tags=["documents"])
    def await_document(
        key: Annotated[Text, Query(min_length=1, max_length=1024)],
        version_id: Annotated[Text, Query(max_length=1024)] = "",
        timeout_s: Annotated[float, Query(ge=0, le=25)] = 20,
    ) -> AwaitReply:
        """Returns as soon as that version is answerable, refused or overtaken by another one.

        Or when the time is up: then the document is still `pending` or `processing`, or of another
        version than the one asked for, and not `overtaken`.
        """
        caller_of(app).into(knowledge_base_of(key))
        wait = Wait(ports=ports, key=key, version_id=version_id, until=time.monotonic() + timeout_s)
        row, overtaken = wait.settled()
        if row is None:
            message = f"nothing is known of {key} yet"
            raise NotFoundError(message)
        return AwaitReply.model_validate({**row, "overtaken": overtaken})

    @app.get("/v1/documents/<document_id>", tags=["documents"])
    def get_document(document_id: Id) -> DocumentDetailReply:
        """One document with its history."""
        return DocumentDetailReply.model_validate(known_document(app, ports, document_id))

    @app.get("/v1/documents/<document_id>/chunks", tags=["documents"])
    def list_chunks(document_id: Id, cursor: Cursor = "", limit: Limit = 100) -> ChunksReply:
        """What was understood of a document."""
        known_document(app, ports, document_id)
        after = _read_ordinal(cursor)
        rows = ports.documents.chunks(DocumentId(document_id), after=after, limit=limit)
        more = write_cursor(str(rows[-1]["ordinal"])) if len(rows) == limit else None
        return ChunksReply.model_validate({"chunks": rows, "next_cursor": more})

    @app.post("/v1/documents", tags=["documents"])
    def post_document(request: UploadRequest) -> UploadReply:
        """Where to PUT a file so that it becomes knowledge."""
        kb = caller_of(app).into(KnowledgeBaseId(request.knowledge_base))
        key = f"{kb}/{request.name}"
        _check_key(key)
        return UploadReply(
            document_id=document_id_of(key),
            key=key,
            upload=UploadTarget(
                method="PUT",
                url=ports.uploads.upload_url(key, request.content_type),
                headers={"Content-Type": request.content_type},
            ),
        )

    @app.delete("/v1/documents/<document_id>", tags=["documents"])
    def delete_document(document_id: Id) -> DocumentDetailReply:
        """Delete the object; its knowledge goes within seconds."""
        row = known_document(app, ports, document_id)
        _delete(row, ports)
        return DocumentDetailReply.model_validate(row)


def _check_key(key: str) -> None:
    if len(key.encode()) > LONGEST_KEY_BYTES:
        message = (
            f"the name is too long: with its knowledge base it has over {LONGEST_KEY_BYTES} bytes"
        )
        raise UnprocessableError(message)
    if key.endswith("/"):
        message = "a name that ends in a slash is a folder, not a document"
        raise UnprocessableError(message)
    if {".", ".."} & set(key.split("/")):
        message = "a name has no . or .. between slashes: what uploads it would shorten the address"
        raise UnprocessableError(message)


def _delete(row: dict[str, Any], ports: ApiPorts) -> None:
    ports.uploads.delete(row["key"])
    if row["unseen"]:  # S3 need not tell of the deletion of what it never held
        ports.notify(write_notification(event_of(row, ports.bucket, removed=True)))


def event_of(row: dict[str, Any], bucket: str, *, removed: bool) -> ObjectEvent:
    """Without a sequencer it counts whatever was known; ingestion reads the current version."""
    version = ObjectVersion(
        bucket=bucket,
        key=row["key"],
        sequencer="",
        version_id=row["version_id"],
        event_time=row["event_time"],
    )
    return ObjectEvent(version=version, removed=removed)


def known_document(
    app: APIGatewayRestResolver, ports: ApiPorts, document_id: str
) -> dict[str, Any]:
    """The row of a document with its history.

    Raises:
        NotFoundError: there is none, or the caller may not know of it.
    """
    wanted = DocumentId(document_id)
    reached = caller_of(app).reaches(knowledge_base_in(wanted))
    row = ports.documents.get(wanted) if reached else None
    if row is None:
        message = f"there is no document {document_id}"
        raise NotFoundError(message)
    return row


def _read_ordinal(cursor: str) -> int:
    last = read_cursor(cursor) or "-1"
    if not last.removeprefix("-").isdecimal() or len(last) > _LONGEST_ORDINAL:
        raise InvalidRequestError(BAD_CURSOR)
    return int(last)
