"""XLSX as a stream of rows, sheet by sheet."""

import io
import zipfile
from collections.abc import Iterator

from lxml import etree
from unstructured.documents.elements import Element, ElementMetadata, Title

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.archive import check_archive, core_title
from footnote.parsing.cells import CellCount
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.reading import Reading
from footnote.parsing.row_tables import tables
from footnote.parsing.spreadsheet.sheets import MAIN_PART, Workbook


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """A heading and tables for each visible sheet, with the values that were last computed.

    Hidden sheets are left out: what their author does not show is no answer. Hidden rows are kept,
    for a filter hides rows that are meant to be found.
    """
    check_archive(content, "XLSX", MAIN_PART, limits)
    return Reading(
        elements=_elements(content, CellCount(limits)),
        title=core_title(content),
        headings_may_name_it=False,
    )


def _elements(content: bytes, cells: CellCount) -> Iterator[Element]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            workbook = Workbook(archive)
            for sheet in workbook.sheets():
                if sheet.visible:
                    rows = cells.passed(workbook.rows(sheet))
                    found = tables(rows, page=sheet.number)
                    yield from _under_heading(sheet.name, sheet.number, found)
    except (etree.XMLSyntaxError, zipfile.BadZipFile) as error:
        msg = "the XLSX file is damaged: a sheet is no XML that can be read"
        raise FailedDocumentError(msg) from error


def _under_heading(name: str, number: int, found: Iterator[Element]) -> Iterator[Element]:
    """A sheet without any text has no heading either."""
    first = next(found, None)
    if first is not None:
        yield Title(name, metadata=ElementMetadata(page_number=number, category_depth=0))
        yield first
        yield from found
