"""What people who uploaded are told: tags of the object, and why a document takes longer."""

from contextlib import suppress
from typing import Protocol

from footnote.domain.document import DocumentStatus
from footnote.domain.errors import (
    DatabaseUnavailableError,
    DocumentHeldError,
    FootnoteError,
    OvertakenError,
)
from footnote.domain.generation import Generation
from footnote.domain.masking import told
from footnote.domain.order import Claim, Known
from footnote.observability import logger

# Others work on the document and will tell; or there is nobody to be told by.
_UNTOLD = (OvertakenError, DocumentHeldError, DatabaseUnavailableError)


class ObjectTags(Protocol):
    """The object's own tags, where people who look at the bucket see what became of it."""

    def tag(self, key: str, version_id: str, tags: dict[str, str]) -> None:
        """Set these tags of one version and leave all others as they are."""
        ...


class Troubles(Protocol):
    """Where a document's status is kept."""

    def report_trouble(self, key: str, claim: Claim, reason: str) -> None:
        """Say why work is not done, as long as the claim on it holds and nothing came of it."""
        ...


def tell_end(key: str, end: Generation | Known, tags: ObjectTags | None) -> None:
    """Tags are a courtesy: where they are refused the document is known all the same."""
    if tags is None or not end.version_id or end.status is DocumentStatus.DELETED:
        return
    words = {"footnote-status": str(end.status), "footnote-reason": end.reason or ""}
    try:
        tags.tag(key, end.version_id, words)
    except FootnoteError as error:
        logger.warning("the object was not tagged", key=key, error=str(error))


def tell_trouble(key: str, claim: Claim, error: Exception, troubles: Troubles) -> None:
    """The message of work that failed is kept; who looks meanwhile is to know why it takes long."""
    if isinstance(error, _UNTOLD):
        return
    why = told(error) if isinstance(error, FootnoteError) else "a defect, which the log tells of"
    with suppress(FootnoteError):
        troubles.report_trouble(key, claim, f"not done yet, and tried again: {why}")
