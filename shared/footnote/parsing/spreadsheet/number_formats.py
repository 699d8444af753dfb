"""Numbers of a workbook as its cells show them: dates, per cents and currencies."""

import datetime as dt
import re
import zipfile
from collections.abc import Callable

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from footnote.parsing.office_xml import ends

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PART = "xl/styles.xml"
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_PERCENT = re.compile(r"(?:\.([0#?]*))?%")
_CURRENCY = re.compile(r"\[\$([^\]-]{1,4})(?:-[0-9A-Fa-f]+)?\]|([$€£¥])")
_DIGITS = re.compile(r"[0#?]")
_INTEGER = re.compile(r"-?\d{1,15}")

Shown = Callable[[str], str]


class NumberFormats:
    """By the index that a cell names; unknown ones show numbers plainly."""

    def __init__(self, archive: zipfile.ZipFile, *, from_1904: bool) -> None:
        codes = dict(BUILTIN_FORMATS)
        self._shown: list[Shown] = []
        epoch = CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900
        for element in ends(archive, _PART, f"{_S}numFmt", f"{_S}cellXfs"):
            if element.tag == f"{_S}numFmt":
                codes[int(element.get("numFmtId"))] = element.get("formatCode") or ""
                continue
            for cell in element.iterchildren(f"{_S}xf"):
                code = codes.get(int(cell.get("numFmtId") or 0), "General")
                self._shown.append(_format(code, epoch))

    def of(self, index: str | None) -> Shown:
        """How a cell of this style shows its number, which is given as the file writes it."""
        at = int(index) if index else 0
        return self._shown[at] if 0 <= at < len(self._shown) else plain


def plain(number: str) -> str:
    """Fifteen digits, as spreadsheets keep them: the rest is noise of binary fractions."""
    return number if _INTEGER.fullmatch(number) else f"{float(number):.15g}"


def _format(code: str, epoch: dt.datetime) -> Shown:
    # What applies to positive numbers stands first.
    bare = _QUOTED.sub("", code).split(";")[0]
    if is_date_format(code):
        return lambda number: _date(number, epoch)
    if found := _PERCENT.search(bare):
        decimals = len(found[1] or "")
        return lambda number: f"{float(number) * 100:.{decimals}f}%"
    if found := _CURRENCY.search(code.split(";")[0].replace('"', "")):
        sign = found[1] or found[2]
        digits = _DIGITS.search(code)
        before = digits is not None and code.index(sign) < digits.start()
        return lambda number: f"{sign}{plain(number)}" if before else f"{plain(number)} {sign}"
    return plain


def _date(number: str, epoch: dt.datetime) -> str:
    """In ISO 8601, which every reader understands; a day without its midnight."""
    try:
        found = from_excel(float(number), epoch)
    except (OverflowError, ValueError):
        return plain(number)
    if isinstance(found, dt.datetime) and found.time() == dt.time():
        return found.date().isoformat()
    return str(found)
