"""`POST /v1/documents/{id}/retry`: a document is read once more, as if it were just uploaded."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from footnote.domain.document import DocumentStatus
from footnote.domain.errors import UnprocessableError
from footnote.http.document_contracts import DocumentDetailReply
from footnote.http.documents import Id, event_of, known_document
from footnote.http.ports import ApiPorts
from footnote.http.waiting import ON_THE_WAY
from footnote.inbox.notifications import write_notification


def add_retry_route(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the route."""

    @app.post("/v1/documents/<document_id>/retry", status_code=202, tags=["documents"])
    def retry_document(document_id: Id) -> DocumentDetailReply:
        """Read a document that is done or failed once more; it stays as it is until then."""
        row = known_document(app, ports, document_id)
        _check(row)
        _check_file(row, ports)
        ports.notify(write_notification(event_of(row, ports.bucket, removed=False)))
        return DocumentDetailReply.model_validate(row)


def _check(row: dict[str, Any]) -> None:
    if row["status"] in ON_THE_WAY:
        message = "the document is being worked on; wait until that is done, then try again"
        raise UnprocessableError(message)
    if row["status"] == DocumentStatus.DELETED:
        message = "the document is deleted; upload it again"
        raise UnprocessableError(message)


def _check_file(row: dict[str, Any], ports: ApiPorts) -> None:
    """What was imported without its file is all that there is: reading would find nothing."""
    if row["unseen"] and ports.uploads.current_version(row["key"]) is None:
        message = "the document was imported without its file; upload the file, which has it read"
        raise UnprocessableError(message)
