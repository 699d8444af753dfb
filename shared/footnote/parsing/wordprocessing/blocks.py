"""The blocks of a DOCX file's body one after the other: a paragraph, or a table row by row."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from footnote.parsing.office_xml import ends, events, free
from footnote.parsing.wordprocessing.paragraph import Paragraph, paragraph_of
from footnote.parsing.wordprocessing.xml import W, number_of, value_of

MAIN_PART = "word/document.xml"
_P, _TABLE, _ROW, _CELL = f"{W}p", f"{W}tbl", f"{W}tr", f"{W}tc"
_RENDERED_MARK = b"lastRenderedPageBreak"
_HARD_MARK = b'type="page"'
_SCANNED_BYTES = 1 << 20
# Word's own limit; a file may claim millions.
_MAX_COLUMNS = 63
# What stands between a page's text and its footnotes.
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of equal grids; `breaks` counts the pages that it goes on over."""

    rows: list[list[str]]
    paragraphs: list[Paragraph]
    breaks: int


def blocks(archive: zipfile.ZipFile, *, rendered: bool) -> Iterator[Paragraph | Table]:
    """What the body holds, however it is wrapped; of tables in tables and boxes the outermost."""
    outer: Any = None
    table = Table(rows=[], paragraphs=[], breaks=0)
    with archive.open(MAIN_PART) as part:
        for event, element in events(part, _P, _TABLE, _ROW):
            if event == "start":
                if outer is None and element.tag != _ROW:
                    outer, table = element, Table(rows=[], paragraphs=[], breaks=0)
            elif element is outer:
                yield paragraph_of(element, rendered=rendered) if element.tag == _P else table
                outer = None
                free(element)
            elif element.tag == _ROW and next(element.iterancestors(_TABLE), None) is outer:
                table = _with_row(table, element, rendered=rendered)
                free(element)


def marks_of_pages(archive: zipfile.ZipFile) -> tuple[bool, bool]:
    """Whether the body tells its pages, and whether it does as the program drew them."""
    tail, hard = b"", False
    with archive.open(MAIN_PART) as part:
        while read := part.read(_SCANNED_BYTES):
            seen = tail + read
            if _RENDERED_MARK in seen:
                return True, True
            hard = hard or _HARD_MARK in seen
            tail = read[-len(_RENDERED_MARK) :]
    return hard, False


def notes(archive: zipfile.ZipFile) -> Iterator[tuple[tuple[str, str], str]]:
    """The texts of footnotes and endnotes, by kind and id."""
    for kind in ("footnote", "endnote"):
        for note in ends(archive, f"word/{kind}s.xml", f"{W}{kind}"):
            if note.get(f"{W}type") not in _SEPARATORS:
                text = " ".join(p.text for p in _paragraphs_in(note, rendered=False)).strip()
                yield (kind, note.get(f"{W}id") or ""), text


def _with_row(table: Table, row: Any, *, rendered: bool) -> Table:
    properties = row.find(f"{W}trPr")
    if properties is not None and properties.find(f"{W}del") is not None:
        return table
    before = number_of(properties, "gridBefore") or 0
    cells = [""] * min(before, _MAX_COLUMNS)
    breaks = 0
    for cell in [c for c in row.iter(_CELL) if next(c.iterancestors(_ROW), None) is row]:
        found = _paragraphs_in(cell, rendered=rendered)
        span = number_of(cell.find(f"{W}tcPr"), "gridSpan") or 1
        cells.append("" if _continues_above(cell) else " ".join(p.text for p in found))
        cells.extend([""] * min(span - 1, _MAX_COLUMNS))
        table.paragraphs.extend(p for p in found if p.notes or p.num_id)
        # Cells side by side go over the same end of a page.
        breaks = max(breaks, sum(p.breaks_before + p.breaks_after for p in found))
    table.rows.append(cells)
    return Table(rows=table.rows, paragraphs=table.paragraphs, breaks=table.breaks + breaks)


def _continues_above(cell: Any) -> bool:
    """A cell of a vertical merge that is not its first: `w:vMerge` without `restart`."""
    properties = cell.find(f"{W}tcPr")
    merge = None if properties is None else properties.find(f"{W}vMerge")
    return merge is not None and value_of(properties, "vMerge") != "restart"


def _paragraphs_in(element: Any, *, rendered: bool) -> list[Paragraph]:
    """All of them, flat: those of tables and boxes within as well, each once."""
    found = list(element.iter(_P))
    return [paragraph_of(paragraph, rendered=rendered) for paragraph in found]
