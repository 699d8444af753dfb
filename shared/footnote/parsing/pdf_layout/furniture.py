"""Running headers, footers and page numbers: lines that belong to the pages, not to the text."""

import re
from collections import Counter

from footnote.parsing.pdf_layout.line import Line

_EDGE_LINES = 3
_MIN_PAGES = 3
_MIN_SHARE = 0.15
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"[-\u2013\u2014|\s]*(?:page\s*|p\.\s*|seite\s*)?(?:\d{1,4}|[ivxl]{1,6})"
    r"(?:\s*(?:of|/|von)\s*\d{1,4})?[-\u2013\u2014|\s]*",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{2}")

# The text without its numbers, and how many lines it stands from the upper or lower edge.
_Pattern = tuple[str, int]


def without_furniture(pages: list[list[Line]]) -> list[list[Line]]:
    """The pages without bare page numbers and without the repeats of running lines.

    A running line stays where it stands first, for it may be the heading that the others repeat.
    """
    edges = [_edges(page) for page in pages]
    repeated = _repeated(edges)
    seen: set[_Pattern] = set()
    kept = []
    for page, edge in zip(pages, edges, strict=True):
        dropped = {id(line) for line, pattern in edge if pattern in repeated & seen}
        dropped |= {id(line) for line, _ in edge if _PAGE_NUMBER.fullmatch(line.text)}
        kept.append([line for line in page if id(line) not in dropped])
        seen.update(pattern for _, pattern in edge)
    return kept


def _repeated(edges: list[list[tuple[Line, _Pattern]]]) -> set[_Pattern]:
    count = Counter(pattern for edge in edges for pattern in {pattern for _, pattern in edge})
    needed = max(_MIN_PAGES, _MIN_SHARE * len(edges))
    return {
        pattern
        for pattern, times in count.items()
        if times >= needed and _LETTERS.search(pattern[0])
    }


def _edges(page: list[Line]) -> list[tuple[Line, _Pattern]]:
    """The uppermost and the lowest lines; a file need not draw them first or last."""
    by_height = sorted(page, key=lambda line: line.top)
    lowest = by_height[:_EDGE_LINES]
    highest = by_height[_EDGE_LINES:][: -_EDGE_LINES - 1 : -1]
    return [
        (line, (_DIGITS.sub("#", line.text).casefold(), sign * rank))
        for sign, edge in ((-1, lowest), (1, highest))
        for rank, line in enumerate(edge, start=1)
    ]
