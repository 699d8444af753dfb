"""Messages over a pipe: eight bytes of length, then the bytes; and a document as JSON in them."""

import json
import os
import select
import time

from footnote.domain.element import Element, ElementKind, PartitionedDocument
from footnote.domain.errors import DocumentError, FailedDocumentError, SkippedDocumentError

_LENGTH_BYTES = 8
_READ_BYTES = 1 << 20


class PipeClosedError(Exception):
    """The other end is gone."""


class CallerGoneError(Exception):
    """Nobody is left to read what one is waiting for."""


class PipeSilentError(Exception):
    """Nothing came before the deadline."""


def send(fd: int, payload: bytes) -> None:
    """Writes one message."""
    view = memoryview(len(payload).to_bytes(_LENGTH_BYTES) + payload)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except BrokenPipeError as error:
        raise PipeClosedError from error


def receive(fd: int, deadline: float | None = None, caller: int | None = None) -> bytes:
    """Reads one message; `deadline` is a time of `time.monotonic()`.

    `caller` is a pipe from who asked for the message, watched as long as there is a deadline.

    Raises:
        PipeClosedError: the pipe ends before the message does.
        PipeSilentError: the deadline has passed.
        CallerGoneError: the caller has closed its end.
    """
    length = int.from_bytes(_exactly(fd, _LENGTH_BYTES, deadline, caller))
    return _exactly(fd, length, deadline, caller)


def outcome(result: PartitionedDocument | DocumentError) -> bytes:
    """A document, or the reason why there is none."""
    if isinstance(result, PartitionedDocument):
        rows = [(e.kind.value, e.text, e.page, e.depth) for e in result.elements]
        return json.dumps({"elements": rows, "title": result.title}).encode()
    skipped = isinstance(result, SkippedDocumentError)
    return json.dumps({"skipped" if skipped else "failed": str(result)}).encode()


def document_of(payload: bytes) -> PartitionedDocument:
    """What `outcome` wrote.

    Raises:
        SkippedDocumentError: as the reader raised it.
        FailedDocumentError: likewise.
    """
    parsed = json.loads(payload)
    if "skipped" in parsed:
        raise SkippedDocumentError(parsed["skipped"])
    if "failed" in parsed:
        raise FailedDocumentError(parsed["failed"])
    elements = tuple(
        Element(kind=ElementKind(kind), text=text, page=page, depth=depth)
        for kind, text, page, depth in parsed["elements"]
    )
    return PartitionedDocument(elements=elements, title=parsed["title"])


def _exactly(fd: int, count: int, deadline: float | None, caller: int | None) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        _wait(fd, deadline, caller)
        part = os.read(fd, min(_READ_BYTES, count - len(parts)))
        if not part:
            raise PipeClosedError
        parts += part
    return bytes(parts)


def _wait(fd: int, deadline: float | None, caller: int | None) -> None:
    if deadline is None:
        return
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    if caller is not None:
        # Of a pipe that is asked for no event, poll still reports the end.
        poll.register(caller, 0)
    events = dict(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
    if caller in events:
        raise CallerGoneError
    if not events:
        raise PipeSilentError
