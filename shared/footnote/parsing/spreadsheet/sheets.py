"""The sheets of a workbook: which there are, and their rows as texts."""

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.office_xml import ends, is_yes
from footnote.parsing.spreadsheet.number_formats import NumberFormats

MAIN_PART = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STRINGS = "xl/sharedStrings.xml"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_CELL, _VALUE, _INLINE, _TEXT = f"{_S}c", f"{_S}v", f"{_S}is", f"{_S}t"
_PHONETIC = f"{_S}rPh"
_DIGITS = "0123456789"
# The last column is XFD.
_MAX_COLUMNS = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`number` counts from 1, hidden ones included; `part` is its name in the archive."""

    number: int
    name: str
    part: str
    visible: bool


class Workbook:
    """Reads one sheet after the other; only the texts that they share are kept."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        dated = ends(archive, MAIN_PART, f"{_S}workbookPr")
        from_1904 = any(is_yes(properties.get("date1904")) for properties in dated)
        self._formats = NumberFormats(archive, from_1904=from_1904)
        self._strings = [_text(item) for item in ends(archive, _STRINGS, f"{_S}si")]

    def sheets(self) -> list[Sheet]:
        """In the order of their tabs; charts on sheets of their own are none."""
        targets = {
            relation.get("Id"): _path(relation.get("Target") or "")
            for relation in ends(self._archive, _RELATIONS, _RELATION)
            if (relation.get("Type") or "").endswith("/worksheet")
        }
        listed = [
            (sheet.get("name") or "", targets.get(sheet.get(f"{_R}id")), sheet.get("state"))
            for sheet in ends(self._archive, MAIN_PART, f"{_S}sheet")
        ]
        there = [(name, part, state) for name, part, state in listed if part is not None]
        return [
            Sheet(number=number, name=name, part=part, visible=state in (None, "visible"))
            for number, (name, part, state) in enumerate(there, start=1)
        ]

    def rows(self, sheet: Sheet) -> Iterator[list[str]]:
        """Rows with cells at their columns; of the rows that are left out one is given, empty.

        Raises:
            FailedDocumentError: the sheet, or a text that it shares with others, is missing.
        """
        if sheet.part not in self._archive.NameToInfo:
            msg = f"the XLSX file is damaged: its sheet {sheet.name} is missing"
            raise FailedDocumentError(msg)
        expected = 1
        for row in ends(self._archive, sheet.part, f"{_S}row"):
            number = int(row.get("r") or expected)
            if number > expected:
                yield []
            expected = number + 1
            yield self._cells(row)

    def _cells(self, row: Any) -> list[str]:
        cells: list[str] = []
        for cell in row.iterchildren(_CELL):
            shown = self._shown(cell)
            if shown:
                column = _column(cell.get("r"), len(cells))
                if column > len(cells):
                    cells.extend([""] * (column - len(cells)))
                cells.append(shown)
        return cells

    def _shown(self, cell: Any) -> str:
        text, kind = "", cell.get("t", "n")
        for part in cell:
            if part.tag == _VALUE:
                text = part.text or ""
            elif part.tag == _INLINE:
                return _text(part)
        if kind == "s":
            return self._shared(text)
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(text, text)
        if kind == "n" and text:
            return _number(text, self._formats, cell.get("s"))
        return text

    def _shared(self, index: str) -> str:
        at = int(index) if index.isdecimal() else -1
        if 0 <= at < len(self._strings):
            return self._strings[at]
        msg = "the XLSX file is damaged: the text of a cell is missing"
        raise FailedDocumentError(msg)


def _number(text: str, formats: NumberFormats, style: str | None) -> str:
    try:
        return formats.of(style)(text)
    except ValueError:
        return text


def _text(item: Any) -> str:
    """The runs of a text, without the signs that tell how it is read aloud."""
    if len(item) == 1 and item[0].tag == _TEXT:
        return item[0].text or ""
    return "".join(
        text.text or "" for text in item.iter(_TEXT) if text.getparent().tag != _PHONETIC
    )


def _column(reference: str | None, following: int) -> int:
    """From 0; a cell without a place follows the one before, and none goes back."""
    letters = (reference or "").rstrip(_DIGITS)
    return max(following, _index(letters)) if letters else following


@lru_cache(maxsize=_MAX_COLUMNS)
def _index(letters: str) -> int:
    column = 0
    for letter in letters[:3]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return min(column, _MAX_COLUMNS) - 1


def _path(target: str) -> str:
    """A relation's target from the root of the archive, or from the workbook's folder."""
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
