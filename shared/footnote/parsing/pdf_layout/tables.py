"""Tables of figures in a PDF: rows kept as lines, so that a label stays beside its numbers."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from footnote.parsing.pdf_layout.line import Line, figures_at_end

_MAX_LABEL_LINES = 3
_MAX_HEAD_LINES = 10
_HEAD_SHARE_OF_WIDTH = 0.7
_HEAD_GAP = 2.5
_PIECE_CHARS = 1200
# What stands over columns: years and dates, which look like figures but head them. Each part can
# match in one way only: with two, a long line that fails would be tried in all combinations.
_PERIODS = re.compile(
    r"(?:[A-Z][a-z]+(?:\.(?= \d))?|(?<!\d)\d{1,2}(?!\d),?|(?<!\d)(?:19|20)\d\d(?!\d)|\s)+"
)


def table_spans(lines: Sequence[Line], is_heading: list[bool]) -> Iterator[tuple[int, int, int]]:
    """Where tables lie: the index of the head's first line, of the first row, and the end.

    A table is two or more rows that close with figures, the few labels between them, and the short
    lines above. Figures in a row of their own count as one: they close a label that was wrapped.
    """
    rows = [at for at, line in enumerate(lines) if figures_at_end(line.text) >= 1]
    end = 0
    for first, last in _runs(rows, lines, is_heading):
        if sum(figures_at_end(line.text) >= 2 for line in lines[first : last + 1]) >= 2:
            yield _head_start(lines, first, end, is_heading), first, last + 1
            end = last + 1


def table_texts(
    lines: Sequence[Line], head: int, first: int, end: int
) -> Iterator[tuple[int, tuple[int, ...], str]]:
    """The table in equal pieces that fit a chunk, each under the lines of the head as one.

    Before each piece come the page of its first row, and its `page_breaks` (`domain.pages`).
    """
    while first < end - 1 and _PERIODS.fullmatch(lines[first].text):
        first += 1
    top = " ".join(line.text for line in lines[head:first])
    total = sum(len(line.text) + 1 for line in lines[first:end])
    share = total / max(1, math.ceil(total / _PIECE_CHARS))
    rows: list[Line] = []
    size = 0
    for line in lines[first:end]:
        rows.append(line)
        size += len(line.text) + 1
        if size >= share or line is lines[end - 1]:
            yield _piece(top, rows)
            rows, size = [], 0


def _piece(top: str, rows: list[Line]) -> tuple[int, tuple[int, ...], str]:
    text = f"{top}\n{rows[0].text}" if top else rows[0].text
    breaks: list[int] = []
    for above, row in pairwise(rows):
        breaks += [len(text)] * (row.page - above.page)
        text += f"\n{row.text}"
    return rows[0].page, tuple(breaks), text


def _runs(
    rows: list[int], lines: Sequence[Line], is_heading: list[bool]
) -> Iterator[tuple[int, int]]:
    """First and last of rows that follow each other with nothing but labels between."""
    strong = [at for at in rows if figures_at_end(lines[at].text) >= 2 or _is_short(lines[at])]
    if not strong:
        return
    first = strong[0]
    for above, below in pairwise(strong):
        if not _only_labels(lines[above + 1 : below], is_heading[above + 1 : below]):
            yield first, above
            first = below
    yield first, strong[-1]


def _is_short(line: Line) -> bool:
    """A single figure at the end marks a row only where no sentence can have led to it."""
    return not line.text.endswith(".") and len(line.text.split()) <= 8 and line.text[-1] != ","


def _only_labels(between: Sequence[Line], is_heading: list[bool]) -> bool:
    ended = any(line.text.endswith(".") and len(line.text) > 60 for line in between)
    return len(between) <= _MAX_LABEL_LINES and not ended and not any(is_heading)


def _head_start(lines: Sequence[Line], first: int, floor: int, is_heading: list[bool]) -> int:
    at = first
    lowest = max(floor, first - _MAX_HEAD_LINES)
    while at > lowest and not is_heading[at - 1] and _may_be_head(lines[at - 1], lines[at]):
        at -= 1
    # A short line under a full one is where a paragraph ends.
    while 0 < at < first and _ends_paragraph(lines[at - 1], lines[at]):
        at += 1
    return at


def _ends_paragraph(above: Line, line: Line) -> bool:
    wide = above.share_of_width >= _HEAD_SHARE_OF_WIDTH
    return wide and above.page == line.page and above.gap_to(line) < 0.3 * line.height


def _may_be_head(line: Line, below: Line) -> bool:
    near = line.page == below.page and line.gap_to(below) < _HEAD_GAP * line.height
    short = line.share_of_width < _HEAD_SHARE_OF_WIDTH
    return near and short and not line.text.endswith(".")
