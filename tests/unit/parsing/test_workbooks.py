"""XLSX cells are read as a person sees them, wherever on the sheet they stand."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from footnote.domain.errors import FailedDocumentError
from footnote.parsing import ParsingLimits, partition
from footnote.parsing.spreadsheet.sheets import Workbook
from tests.builders import without_part, xlsx

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def _formatted(value: object, number_format: str) -> str:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["name", "value"])
    sheet.append(["it", value])
    sheet["B2"].number_format = number_format
    target = io.BytesIO()
    book.save(target)
    table = partition(target.getvalue(), "a.xlsx", ParsingLimits()).elements[1].text
    return table.splitlines()[-1].split("|")[2].strip()


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.125, "0.0%", "12.5%"),
        (0.25, "0%", "25%"),
        (1234.5, '"$"#,##0.00', "$1234.5"),
        (99, "#,##0.00\\ [$€-407]", "99 €"),
        (0.1 + 0.2, "General", "0.3"),
        (12345678901.5, "0.00", "12345678901.5"),
        (dt.date(2026, 3, 2), "dd.mm.yyyy", "2026-03-02"),
        (dt.datetime(2026, 3, 2, 14, 30, tzinfo=None), "yyyy-mm-dd h:mm", "2026-03-02 14:30:00"),
        (dt.time(8, 15), "h:mm", "08:15:00"),
        (True, "General", "TRUE"),
    ],
    ids=lambda value: str(value)[:12] if isinstance(value, str) else "",
)
def test_numbers_are_shown_as_in_their_cells(value: object, number_format: str, shown: str) -> None:
    assert _formatted(value, number_format) == shown


def test_a_cell_in_the_last_corner_of_a_sheet_costs_nothing() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["XFD1048576"] = "near", "far"
    target = io.BytesIO()
    book.save(target)
    texts = [e.text for e in partition(target.getvalue(), "a.xlsx", ParsingLimits()).elements]
    assert texts == ["Sheet", "near", "far"]
    with zipfile.ZipFile(target) as archive:
        workbook = Workbook(archive)
        assert len(list(workbook.rows(workbook.sheets()[0]))) == 3


def test_empty_giants_are_refused_by_the_number_of_their_cells() -> None:
    content = xlsx({"A": [["x"] * 10] * 10})
    with pytest.raises(FailedDocumentError, match="more than 50 cells"):
        partition(content, "a.xlsx", ParsingLimits(max_cells=50))


def _raw(rows: str, strings: str = "") -> bytes:
    sheets = f'<sheets><sheet name="Own" r:id="r1" xmlns:r="{RELATIONS}"/></sheets>'
    relation = f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="/xl/own.xml"/>'
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}">{sheets}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Rels xmlns="{PACKAGE}">{relation}</Rels>',
        "xl/own.xml": f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{SHEET}">{strings}</sst>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return target.getvalue()


def test_texts_are_joined_from_their_runs_without_their_readings() -> None:
    strings = "<si><r><t>Net</t></r><r><t>work</t></r><rPh><t>aloud</t></rPh></si>"
    rows = '<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>inline</t></is></c></row>'
    rows += '<row><c t="str"><v>made</v></c><c t="e"><v>#N/A</v></c></row>'
    (_, table) = partition(_raw(rows, strings), "a.xlsx", ParsingLimits()).elements
    assert table.text == "| Network | inline |\n| --- | --- |\n| made | #N/A |"


def test_a_workbook_whose_sheet_breaks_off_is_damaged() -> None:
    with pytest.raises(FailedDocumentError, match="the XLSX file is damaged"):
        partition(_raw("<row><c><v>1</v></c>"), "a.xlsx", ParsingLimits())


def test_a_workbook_that_lacks_a_sheet_fails_instead_of_being_read_in_part() -> None:
    whole = xlsx({"First": [["a", "b"]], "Second": [["c", "d"]]})
    with pytest.raises(FailedDocumentError, match="its sheet Second is missing"):
        partition(without_part(whole, "xl/worksheets/sheet2.xml"), "a.xlsx", ParsingLimits())


def test_a_workbook_that_lacks_the_text_of_a_cell_fails() -> None:
    rows = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
    with pytest.raises(FailedDocumentError, match="the text of a cell is missing"):
        partition(_raw(rows, "<si><t>kept</t></si>"), "a.xlsx", ParsingLimits())
