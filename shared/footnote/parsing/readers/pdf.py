"""PDFs through pdfium: fast, page by page, with headings told by their type."""

from contextlib import closing

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.ocr.scans import with_scans
from footnote.parsing.ocr.tesseract import NEEDS_OCR, Recogniser
from footnote.parsing.pdf_damage import check_whole
from footnote.parsing.pdf_layout.elements import elements_of, largest_heading_of_first_page
from footnote.parsing.pdf_layout.lines import lines_of_page
from footnote.parsing.reading import Reading

_MIN_TITLE_WORDS = 2


def read(content: bytes, limits: ParsingLimits, recogniser: Recogniser | None = None) -> Reading:
    """Headings, paragraphs, list items and tables with their pages.

    `recogniser` is Tesseract unless given; it is asked for the pages that are pictures.
    """
    with closing(_opened(content)) as document:
        _check_pages(document, limits)
        pages = [lines_of_page(document, index) for index in range(len(document))]
        if limits.ocr:
            pages = with_scans(document, pages, limits, recogniser)
        title = document.get_metadata_value("Title")
    check_whole(content, limits)
    if not any(pages):
        raise FailedDocumentError(_without_text(limits))
    elements = list(elements_of(pages))
    return Reading(
        elements=elements, title=_sensible(title) or largest_heading_of_first_page(elements)
    )


def _opened(content: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        msg = "the PDF is damaged and cannot be opened; upload it again, or save it anew"
        if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            msg = "the PDF is encrypted; save a copy without a password"
        raise FailedDocumentError(msg) from error


def _check_pages(document: pdfium.PdfDocument, limits: ParsingLimits) -> None:
    if len(document) > limits.max_pages:
        msg = f"the PDF has {len(document):,} pages; the limit is {limits.max_pages:,}: split it"
        raise FailedDocumentError(msg)


def _without_text(limits: ParsingLimits) -> str:
    if limits.ocr:
        return "no text was found in the PDF, and none could be recognised on its pages"
    return f"the PDF has no text layer; it may be a scan, which {NEEDS_OCR}"


def _sensible(title: str) -> str | None:
    """Programs leave file names and numbers in the title; words tell a title that a person gave."""
    words = [word for word in title.split() if word.isalpha()]
    named_file = "." in title.split()[-1] if title.split() else True
    return title if len(words) >= _MIN_TITLE_WORDS and not named_file else None
