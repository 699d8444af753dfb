"""CSV and TSV, row by row, with whatever delimiter the file uses."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.decoding import decode
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.reading import Reading
from footnote.parsing.row_tables import tables

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 50
# A cell of several lines above this many characters is no cell: a quote was opened, not closed.
_MAX_MULTILINE_CHARS = 10_000


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """Tables of a bounded number of rows; rows may be of different lengths."""
    text = decode(content)
    delimiter = _delimiter(text)
    csv.field_size_limit(limits.max_text_chars)
    try:
        quoted = not _swallows_rows(text, delimiter)
        return Reading(elements=list(tables(_rows(text, delimiter, quoted=quoted))))
    except csv.Error as error:
        msg = f"the rows cannot be told apart: {error}"
        raise FailedDocumentError(msg) from error


def _rows(text: str, delimiter: str, *, quoted: bool) -> Iterator[list[str]]:
    """By the file's own line ends: `str.splitlines` also cuts at signs that cells may hold."""
    lines = io.StringIO(text, newline="")
    if quoted:
        return csv.reader(lines, delimiter=delimiter)
    return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)


def _swallows_rows(text: str, delimiter: str) -> bool:
    """Whether a mark that is no quote, as that of inches in `"12`, hides rows in a cell."""
    rows = _rows(text, delimiter, quoted=True)
    return any(len(cell) > _MAX_MULTILINE_CHARS and "\n" in cell for row in rows for cell in row)


def _delimiter(text: str) -> str:
    """The sign that most lines hold equally often, and more often than the others do."""
    lines = text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]
    sample = [line for line in lines if line.strip()]
    return max(_DELIMITERS, key=lambda sign: _agreement(sign, sample))


def _agreement(sign: str, lines: list[str]) -> tuple[int, int]:
    counts = Counter(line.count(sign) for line in lines if sign in line)
    (times, agreeing) = counts.most_common(1)[0] if counts else (0, 0)
    return agreeing, times
