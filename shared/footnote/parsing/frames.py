"""Messages over a pipe: eight bytes of length, then the bytes; and a document as JSON in them."""

import json
import os
import select
import time
from collections.abc import Sequence

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


class TooLongError(Exception):
    """A message is longer than its reader takes."""


def send(fd: int, payload: bytes) -> None:
    """Writes one message."""
    # One after the other: joined, a large file would stand in memory once more.
    for part in (len(payload).to_bytes(_LENGTH_BYTES), payload):
        view = memoryview(part)
        try:
            while view:
                view = view[os.write(fd, view) :]
        except BrokenPipeError as error:
            raise PipeClosedError from error


def receive(
    fd: int, deadline: float | None = None, caller: int | None = None, most: int | None = None
) -> bytes:
    """Reads one message of at most `most` bytes; `deadline` is a time of `time.monotonic()`.

    `caller` is a pipe from who asked for the message, watched as long as there is a deadline.

    Raises:
        PipeClosedError: the pipe ends before the message does.
        PipeSilentError: the deadline has passed.
        CallerGoneError: the caller has closed its end.
        TooLongError: there is more to come than `most`.
    """
    length = int.from_bytes(_exactly(fd, _LENGTH_BYTES, deadline, caller))
    if most is not None and length > most:
        raise TooLongError
    return _exactly(fd, length, deadline, caller)


def outcome(result: PartitionedDocument | DocumentError) -> bytes:
    """A document, or the reason why there is none."""
    if isinstance(result, PartitionedDocument):
        rows = [_row(element) for element in result.elements]
        return _encoded({"elements": rows, "title": result.title})
    skipped = isinstance(result, SkippedDocumentError)
    return _encoded({"skipped" if skipped else "failed": str(result)})


def _row(element: Element) -> tuple[object, ...]:
    row = (element.kind.value, element.text, element.page, element.depth)
    return (*row, element.page_breaks) if element.page_breaks else row


def _encoded(parsed: dict[str, object]) -> bytes:
    """As UTF-8, half the size of escapes; half a surrogate may stand in a file's name."""
    return json.dumps(parsed, ensure_ascii=False).encode(errors="surrogatepass")


def document_of(payload: bytes) -> PartitionedDocument:
    """What `outcome` wrote; a process that a document took over may have written anything.

    Raises:
        SkippedDocumentError: as the reader raised it.
        FailedDocumentError: likewise, or it is no outcome.
    """
    try:
        parsed = json.loads(payload)
        if "skipped" in parsed:
            raise SkippedDocumentError(str(parsed["skipped"]))
        if "failed" in parsed:
            raise FailedDocumentError(str(parsed["failed"]))
        elements = tuple(_element(*row) for row in parsed["elements"])
        return PartitionedDocument(
            elements=elements, title=parsed["title"] and str(parsed["title"])
        )
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        msg = "the parser returned something that is no document"
        raise FailedDocumentError(msg) from error


def _element(
    kind: str, text: str, page: int | None, depth: int, page_breaks: Sequence[int] = ()
) -> Element:
    """Raises ValueError or TypeError for what no reader returns and no database takes."""
    typed = isinstance(text, str) and isinstance(page, int | None) and isinstance(depth, int)
    breaks = tuple(page_breaks)
    ascending = all(isinstance(at, int) for at in breaks) and list(breaks) == sorted(breaks)
    if not typed or "\0" in text or not ascending or not _within(breaks, len(text)):
        raise ValueError(kind)
    text.encode()
    return Element(kind=ElementKind(kind), text=text, page=page, depth=depth, page_breaks=breaks)


def _within(breaks: tuple[int, ...], length: int) -> bool:
    return not breaks or (breaks[0] >= 0 and breaks[-1] <= length)


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
