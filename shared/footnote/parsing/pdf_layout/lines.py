"""The lines of a PDF's text layer, in the order in which the file draws them."""

import ctypes
import re
import unicodedata
from collections.abc import Iterator
from contextlib import closing

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from footnote.parsing.pdf_layout.line import Line, Style, figures_at_end

_LIGATURE = re.compile("[\ufb00-\ufb06]")
_BOLD_WEIGHT = 600
_ITALIC_FLAG = 1 << 6
_BOLD_FLAG = 1 << 18
_FONT_NAME_BYTES = 128
# Fragments nearer than this, in type sizes, are one word; nearer than the second, one line.
_WORD_GAP = 0.12
_LINE_GAP = 2.0
# What pdfium puts for a hyphen at the end of a line, whose next line it appends at once.
LINE_END_HYPHEN = "\ufffe"
_DRAWN_LINE = re.compile(f"[^\r\n{LINE_END_HYPHEN}]+{LINE_END_HYPHEN}?")


def lines_of_page(document: pdfium.PdfDocument, index: int) -> list[Line]:
    """The page's lines; fragments side by side, such as a table's cells, are one line."""
    with closing(document[index]) as page, closing(page.get_textpage()) as textpage:
        found = list(_raw_lines(textpage, index + 1, page.get_width()))
    return list(_joined(found))


def _raw_lines(textpage: pdfium.PdfTextPage, page: int, width: float) -> Iterator[Line]:
    for found in _DRAWN_LINE.finditer(_text(textpage)):
        text = found.group().strip()
        if text:
            first = found.start() + found.group().index(text)
            last = first + len(text) - 1
            left, bottom, _, top = textpage.get_charbox(first, loose=True)
            right = textpage.get_charbox(last, loose=True)[2]
            yield Line(
                text=_without_ligatures(text),
                page=page,
                page_width=max(width, 1.0),
                left=left,
                right=max(right, left),
                bottom=bottom,
                top=top,
                style=_style(textpage, first, last),
            )


def _text(textpage: pdfium.PdfTextPage) -> str:
    """The page's text with exactly one character for each that pdfium counts."""
    text: str = textpage.get_text_range()
    count = textpage.count_chars()
    if len(text) == count:
        return text
    codes = (pdfium_c.FPDFText_GetUnicode(textpage, index) for index in range(count))
    return "".join(map(chr, codes))


def _style(textpage: pdfium.PdfTextPage, first: int, last: int) -> Style:
    first_bold, italic = _face(textpage, first)
    size = pdfium_c.FPDFText_GetFontSize(textpage, first)
    bold = first_bold and _face(textpage, last)[0]
    return Style(size=round(size * 2) / 2, bold=bold, italic=italic)


def _face(textpage: pdfium.PdfTextPage, index: int) -> tuple[bool, bool]:
    """Whether the character is bold and italic; many files say so in the font's name only."""
    name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
    flags = ctypes.c_int()
    pdfium_c.FPDFText_GetFontInfo(textpage, index, name, _FONT_NAME_BYTES, flags)
    font = name.value.lower()
    weight = pdfium_c.FPDFText_GetFontWeight(textpage, index)
    bold = weight >= _BOLD_WEIGHT or bool(flags.value & _BOLD_FLAG)
    bold = bold or any(mark in font for mark in (b"bold", b"black", b"heavy", b"cmbx", b"-medi"))
    italic = bool(flags.value & _ITALIC_FLAG) or b"italic" in font or b"oblique" in font
    return bold, italic


def _without_ligatures(text: str) -> str:
    """`ﬁ` and its like as letters; other compatibility forms, such as `²`, carry meaning."""
    return _LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)


def _joined(lines: list[Line]) -> Iterator[Line]:
    current: Line | None = None
    for line in lines:
        if current is not None and _continues(current, line):
            current = _merged(current, line)
            continue
        if current is not None:
            yield current
        current = line
    if current is not None:
        yield current


def _continues(line: Line, other: Line) -> bool:
    """Side by side means one line, but columns of prose also stand side by side."""
    near = other.left - line.right <= _LINE_GAP * max(line.style.size, other.style.size)
    return line.beside(other) and (near or figures_at_end(other.text) > 0)


def _merged(line: Line, other: Line) -> Line:
    word_gap = _WORD_GAP * max(line.style.size, other.style.size)
    space = " " if other.left - line.right > word_gap else ""
    wider = line if len(line.text) >= len(other.text) else other
    return Line(
        text=line.text + space + other.text,
        page=line.page,
        page_width=line.page_width,
        left=line.left,
        right=other.right,
        bottom=min(line.bottom, other.bottom),
        top=max(line.top, other.top),
        style=Style(
            size=wider.style.size,
            bold=line.style.bold and other.style.bold,
            italic=line.style.italic and other.style.italic,
        ),
    )
