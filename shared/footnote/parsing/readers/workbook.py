"""XLSX as a stream of rows, sheet by sheet."""

import datetime as dt
import io
import warnings
from collections.abc import Iterator
from contextlib import closing

from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from unstructured.documents.elements import Element, ElementMetadata, Title

from footnote.parsing.archive import check_archive, core_title
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.reading import Reading
from footnote.parsing.row_tables import tables


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """A heading and tables for each visible sheet, with the values that were last computed."""
    check_archive(content, "XLSX", "xl/workbook.xml", limits)
    with warnings.catch_warnings():
        # openpyxl tells of features that it does not keep when it writes; here nothing is written.
        warnings.simplefilter("ignore")
        with closing(load_workbook(io.BytesIO(content), read_only=True, data_only=True)) as book:
            elements = list(_elements(book))
    return Reading(elements=elements, title=core_title(content))


def _elements(book: Workbook) -> Iterator[Element]:
    for number, sheet in enumerate(book.worksheets, start=1):
        if sheet.sheet_state != "visible":
            continue
        # Files claim a million rows; without the claim only those that are there are read.
        sheet.reset_dimensions()
        rows = ([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))
        found = tables(rows, page=number)
        first = next(found, None)
        if first is not None:
            metadata = ElementMetadata(page_number=number, category_depth=0)
            yield Title(sheet.title, metadata=metadata)
            yield first
            yield from found


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)
