"""The pages of a PDF that are pictures of text: found, drawn, and read."""

from collections.abc import Sequence
from contextlib import closing

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.ocr.pages import PageToRead, read_pages
from footnote.parsing.ocr.tesseract import Recogniser, Tesseract
from footnote.parsing.ocr.type_sizes import with_even_sizes
from footnote.parsing.pdf_layout.line import Line

# Measured on real scans: at 150 dots per inch figures in small type are lost, from 200 on not.
_DOTS_PER_POINT = 200 / 72
_MAX_SIDE_PIXELS = 5_000
# A stamp or a page number that was put over a scan does not make it a page of text.
_MAX_STAMP_CHARS = 60
_MIN_PICTURE_SHARE = 0.6


def with_scans(
    document: pdfium.PdfDocument,
    pages: Sequence[list[Line]],
    limits: ParsingLimits,
    recogniser: Recogniser | None,
) -> list[list[Line]]:
    """The pages' lines, with those recognised where a page is a picture.

    Raises:
        FailedDocumentError: there are too many such pages, or one cannot be read.
    """
    scans = [index for index, lines in enumerate(pages) if _is_picture(document, index, lines)]
    if not scans:
        return list(pages)
    check_count(len(scans), limits)
    drawn = (_drawn(document, index) for index in scans)
    read = with_even_sizes(list(read_pages(drawn, recogniser or Tesseract(limits))))
    found = dict(zip(scans, read, strict=True))
    return [_longer(lines, found.get(index, [])) for index, lines in enumerate(pages)]


def check_count(count: int, limits: ParsingLimits) -> None:
    """Raises FailedDocumentError where more pages would have to be recognised than may be."""
    if count > limits.max_ocr_pages:
        msg = (
            f"the text of {count:,} pages would have to be recognised; "
            f"the limit is {limits.max_ocr_pages:,} (FOOTNOTE_OCR_MAX_PAGES)"
        )
        raise FailedDocumentError(msg)


def _is_picture(document: pdfium.PdfDocument, index: int, lines: list[Line]) -> bool:
    if sum(len(line.text) for line in lines) > _MAX_STAMP_CHARS:
        return False
    with closing(document[index]) as page:
        if not lines:
            # Text may also be drawn as outlines, so any mark counts; a blank page has none.
            return bool(pdfium_c.FPDFPage_CountObjects(page) > 0)
        return _picture_share(page) >= _MIN_PICTURE_SHARE


def _picture_share(page: pdfium.PdfPage) -> float:
    """How much of the page its largest picture covers, 0 to 1."""
    shares = [0.0]
    area = max(page.get_width() * page.get_height(), 1.0)
    for picture in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        left, bottom, right, top = picture.get_bounds()
        shares.append((right - left) * (top - bottom) / area)
    return max(shares)


def _drawn(document: pdfium.PdfDocument, index: int) -> PageToRead:
    with closing(document[index]) as page:
        width, height = page.get_size()
        scale = min(_DOTS_PER_POINT, _MAX_SIDE_PIXELS / max(width, height, 1.0))
        bitmap = page.render(scale=scale)
        # A copy, because the bitmap's memory goes with the bitmap.
        return PageToRead(number=index + 1, picture=bitmap.to_pil().copy(), width=max(width, 1.0))


def _longer(drawn: list[Line], recognised: list[Line]) -> list[Line]:
    def length(lines: list[Line]) -> int:
        return sum(len(line.text) for line in lines)

    return recognised if length(recognised) > length(drawn) else drawn
