"""Type sizes on scans are estimates: those that are nearly the body's become the body's."""

import math
from collections.abc import Sequence
from dataclasses import replace

from footnote.parsing.pdf_layout.line import Line

# Estimates of one size differ by up to a fifth; headings are more than that above the text.
_STEP = 1.4


def with_even_sizes(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """The pages with every size a power of the step above or below the body's."""
    body = _body_size([line for page in pages for line in page])
    return [[_evened(line, body) for line in page] for page in pages]


def _body_size(lines: Sequence[Line]) -> float:
    """The median over all characters."""
    ordered = sorted(lines, key=lambda line: line.style.size)
    half = sum(len(line.text) for line in ordered) / 2
    for line in ordered:
        half -= len(line.text)
        if half <= 0:
            return max(line.style.size, 1.0)
    return 1.0


def _evened(line: Line, body: float) -> Line:
    steps = round(math.log(max(line.style.size, 1.0) / body, _STEP))
    size = round(2 * body * _STEP**steps) / 2
    return replace(line, style=replace(line.style, size=size))
