"""Tables and spreadsheets that are wider, longer or emptier than any person's."""

from collections.abc import Iterator

from tests.hostile.case import HostileFile, failed, ready
from tests.hostile.zips import SENTENCE, padded, parts_zip, xlsx_parts

_MANY = 1_000_000


def files() -> Iterator[HostileFile]:
    """CSV first, then XLSX."""
    yield ready("a.csv", lambda: _columns().encode(), "c5", why="a million columns")
    yield failed("a.csv", lambda: (("," * 999 + "\n") * 30_000).encode(), "cells", why="empty")
    yield ready("a.csv", lambda: _quotes().encode(), SENTENCE, why="quotes")
    yield ready("a.csv", lambda: _ragged().encode(), SENTENCE, why="ragged")
    yield ready("a.csv", lambda: f'name,text\n1,"{SENTENCE}'.encode(), SENTENCE, why="open quote")
    formula = f"name,text\n=cmd|'/C calc'!A0,{SENTENCE}\n"
    yield ready("a.csv", formula.encode().__bytes__, SENTENCE, why="formula")
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>'
    yield ready("a.xlsx", lambda: parts_zip(xlsx_parts(far)), SENTENCE, why="far cell")
    rows = "".join(f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>' for row in range(2, 20_000))
    yield failed("a.xlsx", lambda: parts_zip(xlsx_parts(rows)), "cells", why="far columns")
    merged = "".join(f'<mergeCell ref="A{row}:XFD{row}"/>' for row in range(2, _MANY, 2))
    after = f'<mergeCells count="{_MANY}">{merged}</mergeCells>'
    yield ready(
        "a.xlsx", lambda: parts_zip(padded(xlsx_parts(after=after))), SENTENCE, why="merged"
    )
    formulas = "".join(
        f'<row r="{row}"><c r="A{row}"><f>{"SUM(" * 60}WEBSERVICE("http://127.0.0.1:9")'
        f"{')' * 60}</f></c></row>"
        for row in range(2, 2_000)
    )
    yield ready("a.xlsx", lambda: parts_zip(padded(xlsx_parts(formulas))), SENTENCE, why="formulas")
    claimed = xlsx_parts()
    claimed["xl/worksheets/s.xml"] = claimed["xl/worksheets/s.xml"].replace(
        b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>'
    )
    yield ready("a.xlsx", lambda: parts_zip(claimed), SENTENCE, why="claimed size")


def _columns() -> str:
    header = ",".join(f"c{number}" for number in range(_MANY))
    return f"{header}\n{','.join('1' * _MANY)}\n"


def _quotes() -> str:
    return f"name,text\n1,{SENTENCE}\n" + '"' * _MANY + "\n"


def _ragged() -> str:
    rows = "".join("x," * (number * 7 % 50) + "\n" for number in range(20_000))
    return f"name,text\n1,{SENTENCE}\n{rows}"
