"""PDFs with a text layer, through pdfium: fast, page by page, with headings told by their type."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from unstructured.documents.elements import Element, ElementMetadata, ListItem, Table, Text, Title

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.pdf_layout.furniture import without_furniture
from footnote.parsing.pdf_layout.headings import Headings
from footnote.parsing.pdf_layout.line import Line
from footnote.parsing.pdf_layout.lines import lines_of_page
from footnote.parsing.pdf_layout.paragraphs import Paragraph, compounds_of, paragraphs
from footnote.parsing.pdf_layout.tables import table_spans, table_texts
from footnote.parsing.reading import Reading

_MIN_TITLE_WORDS = 2


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """Headings, paragraphs, list items and tables with their pages."""
    with closing(_opened(content)) as document:
        _check_pages(document, limits)
        pages = [lines_of_page(document, index) for index in range(len(document))]
        title = document.get_metadata_value("Title")
    if not any(pages):
        msg = "the PDF has no text layer; it may be a scan"
        raise FailedDocumentError(msg)
    elements = list(_elements(pages))
    return Reading(elements=elements, title=_sensible(title) or _largest_on_first_page(elements))


def _opened(content: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        encrypted = error.err_code == pdfium_c.FPDF_ERR_PASSWORD
        msg = "the PDF is encrypted" if encrypted else "the PDF is damaged and cannot be opened"
        raise FailedDocumentError(msg) from error


def _check_pages(document: pdfium.PdfDocument, limits: ParsingLimits) -> None:
    if len(document) > limits.max_pages:
        msg = f"the PDF has {len(document):,} pages; the limit is {limits.max_pages:,}"
        raise FailedDocumentError(msg)


def _sensible(title: str) -> str | None:
    """Programs leave file names and numbers in the title; words tell a title that a person gave."""
    words = [word for word in title.split() if word.isalpha()]
    named_file = "." in title.split()[-1] if title.split() else True
    return title if len(words) >= _MIN_TITLE_WORDS and not named_file else None


def _largest_on_first_page(elements: list[Element]) -> str | None:
    first = [e for e in elements if isinstance(e, Title) and e.metadata.page_number == 1]
    unnumbered = [title for title in first if not title.text[0].isdigit()]
    highest = min(unnumbered, key=lambda title: title.metadata.category_depth or 0, default=None)
    return highest.text if highest else None


def _elements(pages: list[list[Line]]) -> Iterator[Element]:
    lines = [line for page in without_furniture(pages) for line in page]
    headings = Headings(lines)
    compounds = compounds_of(lines)
    is_heading = [headings.is_heading(line) for line in lines]
    done = 0
    for head, first, end in table_spans(lines, is_heading):
        yield from _running_text(lines[done:head], headings, compounds)
        for text in table_texts(lines, head, first, end):
            yield Table(text, metadata=ElementMetadata(page_number=lines[first].page))
        done = end
    yield from _running_text(lines[done:], headings, compounds)


def _running_text(
    lines: Sequence[Line], headings: Headings, compounds: set[str]
) -> Iterator[Element]:
    for is_heading, run in groupby(lines, headings.is_heading):
        if is_heading:
            yield from _titles(list(run), headings)
        else:
            yield from (_prose(found) for found in paragraphs(list(run), compounds))


def _titles(lines: list[Line], headings: Headings) -> Iterator[Element]:
    """Neighbouring lines of one style are one heading, broken for its length."""
    start = 0
    for at in range(1, len(lines) + 1):
        if at < len(lines) and _one_heading(lines[at - 1], lines[at], headings):
            continue
        text = " ".join(line.text for line in lines[start:at])
        first = lines[start]
        metadata = ElementMetadata(page_number=first.page, category_depth=headings.depth(first))
        yield Title(text, metadata=metadata)
        start = at


def _one_heading(above: Line, line: Line, headings: Headings) -> bool:
    near = above.page == line.page and -above.height < above.gap_to(line) < 0.6 * above.height
    return near and headings.depth(above) == headings.depth(line)


def _prose(paragraph: Paragraph) -> Element:
    kind = ListItem if paragraph.listed else Text
    return kind(paragraph.text, metadata=ElementMetadata(page_number=paragraph.page))
