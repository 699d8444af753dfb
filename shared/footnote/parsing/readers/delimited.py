"""CSV and TSV, row by row, with whatever delimiter the file uses."""

import csv
from collections import Counter
from collections.abc import Iterator

from unstructured.documents.elements import Element

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.cells import CellCount
from footnote.parsing.decoding import decode
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.reading import Reading
from footnote.parsing.row_tables import tables

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 50
_SAMPLE_CHARS = 1_000_000
# A cell of several lines above this many characters is no cell: a quote was opened, not closed.
_MAX_MULTILINE_CHARS = 10_000


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """Tables of a bounded number of rows; rows may be of different lengths."""
    text = decode(content)
    delimiter = _delimiter(text)
    csv.field_size_limit(limits.max_text_chars)
    return Reading(elements=_elements(text, delimiter, limits))


def _elements(text: str, delimiter: str, limits: ParsingLimits) -> Iterator[Element]:
    """One table at a time, so that a million rows take no more than their text."""
    try:
        quoted = not _swallows_rows(text, delimiter)
        yield from tables(CellCount(limits).passed(_rows(text, delimiter, quoted=quoted)))
    except csv.Error as error:
        msg = f"the rows cannot be told apart: {error}"
        raise FailedDocumentError(msg) from error


def _rows(text: str, delimiter: str, *, quoted: bool) -> Iterator[list[str]]:
    """By the file's own line ends: `str.splitlines` also cuts at signs that cells may hold."""
    lines = _lines(text)
    if quoted:
        return csv.reader(lines, delimiter=delimiter)
    return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)


def _lines(text: str) -> Iterator[str]:
    """With their ends; `io.StringIO` would copy the text into four bytes a character."""
    start = 0
    while end := text.find("\n", start) + 1:
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def _swallows_rows(text: str, delimiter: str) -> bool:
    """Whether a mark that is no quote, as that of inches in `"12`, hides rows in a cell."""
    if '"' not in text:
        return False
    rows = _rows(text, delimiter, quoted=True)
    long = (cell for row in rows if sum(map(len, row)) > _MAX_MULTILINE_CHARS for cell in row)
    return any(len(cell) > _MAX_MULTILINE_CHARS and "\n" in cell for cell in long)


def _delimiter(text: str) -> str:
    """The sign that most lines hold equally often, and more often than the others do."""
    lines = text[:_SAMPLE_CHARS].split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]
    sample = [line for line in lines if line.strip()]
    return max(_DELIMITERS, key=lambda sign: _agreement(sign, sample))


def _agreement(sign: str, lines: list[str]) -> tuple[int, int]:
    counts = Counter(line.count(sign) for line in lines if sign in line)
    (times, agreeing) = counts.most_common(1)[0] if counts else (0, 0)
    return agreeing, times
