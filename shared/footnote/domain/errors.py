"""The one error tree: what may be retried, what must be recorded, and what a person is told.

FootnoteError
├── TransientError                 try again later; ingest keeps the message, HTTP answers 503
│   ├── DatabaseUnavailableError     Postgres cannot be reached or cut the connection
│   ├── ObjectStorageUnavailableError S3 or SQS cannot be reached, throttles, or answers 5xx
│   ├── OvertakenError               another delivery works on the same document
│   ├── DocumentHeldError            the document is being written by whoever takes long for it
│   ├── AlreadyRunningError          another reconciliation is under way
│   └── ModelUnavailableError        an embedding or generation endpoint is down, slow or overloaded
└── PermanentError                 trying again changes nothing: record it and stop
    ├── SettingsError                a setting is missing or contradicts another
    ├── DocumentError                the document cannot become knowledge; people see the message
    │   ├── SkippedDocumentError       nothing to do: unsupported format, empty, a folder marker
    │   └── FailedDocumentError        should have worked: corrupt, encrypted, too large, no text
    │       └── SidecarError             its sidecar cannot be read
    ├── ObjectMissingError           the object is not in the bucket
    ├── ModelRefusedError            the endpoint rejects the request: key, model name, form
    │   └── UnusableReplyError         it took the request, and charges, but its reply is no use
    └── RequestError                 the caller's request, answered with its HTTP status
        ├── InvalidRequestError        400 the body or a parameter is not well formed
        ├── UnauthorizedError          401 no key, or none that is valid
        ├── ForbiddenError             403 the key does not permit this
        ├── NotFoundError              404 no such document, question or route
        ├── TooLargeError              413 over a named limit
        ├── UnprocessableError         422 well formed but impossible
        │   ├── NoModelError             it takes a language model, and none is connected
        │   └── OutputInvalidError       no model wrote what the caller's schema asks for
        └── RateLimitedError           429 too often, or too much; later it may be allowed
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnote.domain.answer import Usage


class FootnoteError(Exception):
    """Base of everything that Footnote raises on purpose."""


class TransientError(FootnoteError):
    """The same call may succeed later."""


class DatabaseUnavailableError(TransientError):
    """Postgres cannot be reached or cut the connection."""


class ObjectStorageUnavailableError(TransientError):
    """S3 or SQS cannot be reached, throttles, or answers 5xx."""


class OvertakenError(TransientError):
    """Another delivery works on the same document."""


class DocumentHeldError(TransientError):
    """The document is being written by whoever takes long for it: it is large, or imported."""


class AlreadyRunningError(TransientError):
    """Another reconciliation is under way."""


class ModelUnavailableError(TransientError):
    """An embedding or generation endpoint is down, slow or overloaded.

    `retry_after_s` is what it asked for, if it did.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class PermanentError(FootnoteError):
    """Trying again changes nothing."""


class SettingsError(PermanentError):
    """A setting is missing or contradicts another."""


class DocumentError(PermanentError):
    """This document cannot become knowledge; the message is the reason that people see."""


class SkippedDocumentError(DocumentError):
    """There is nothing to do: an unsupported format, an empty file, a folder marker."""


class FailedDocumentError(DocumentError):
    """It should have worked: corrupt, encrypted, too large, or without any text."""


class SidecarError(FailedDocumentError):
    """The sidecar that lies beside the document cannot be read."""


class ObjectMissingError(PermanentError):
    """The object is not in the bucket."""


class ModelRefusedError(PermanentError):
    """The endpoint rejects the request itself: its key, its model name or its form."""


class UnusableReplyError(ModelRefusedError):
    """The endpoint took the request, and so charges for it, but nothing can be made of its reply.

    `usage` is what it said that it took, if it did.
    """

    def __init__(self, message: str, *, usage: "Usage | None" = None) -> None:
        super().__init__(message)
        self.usage = usage


class RequestError(PermanentError):
    """What the caller asked for cannot be done; the message is shown to the caller."""


class InvalidRequestError(RequestError):
    """The body or a parameter is not well formed."""


class UnauthorizedError(RequestError):
    """There is no key, or none that is valid."""


class ForbiddenError(RequestError):
    """The key does not permit this."""


class NotFoundError(RequestError):
    """There is no such document, question or route."""


class TooLargeError(RequestError):
    """Something is over a named limit."""


class UnprocessableError(RequestError):
    """Well formed, but impossible."""


class RateLimitedError(RequestError):
    """Too often, or too much; `retry_after_s` tells from when on it may be allowed."""

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NoModelError(UnprocessableError):
    """It takes a language model, and none is connected."""


class OutputInvalidError(UnprocessableError):
    """No model wrote what the caller's schema asks for; it may help to ask for less."""
