"""Pictures of pages to the lines of text on them, several pages at once."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PIL.Image import Image

from footnote.parsing.ocr.hocr import lines_of
from footnote.parsing.ocr.tesseract import Recogniser, Recognition
from footnote.parsing.pdf_layout.line import Line

_MAX_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PageToRead:
    """A page's picture; pages count from 1, and the width is in points."""

    number: int
    picture: Image
    width: float


def read_pages(pages: Iterable[PageToRead], recogniser: Recogniser) -> Iterator[list[Line]]:
    """The lines of each page, in the same order.

    Raises:
        FailedDocumentError: a page takes too long or cannot be read.
    """
    at_once = min(_MAX_AT_ONCE, len(os.sched_getaffinity(0)))
    running: deque[tuple[PageToRead, Recognition]] = deque()
    try:
        for page in pages:
            running.append((page, recogniser.start(page.picture)))
            if len(running) >= at_once:
                yield _lines(*running.popleft())
        while running:
            yield _lines(*running.popleft())
    finally:
        for _, left in running:
            left.stop()


def _lines(page: PageToRead, recognition: Recognition) -> list[Line]:
    return lines_of(recognition.hocr(), page=page.number, width=page.width)
