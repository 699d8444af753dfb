"""Which lines of a PDF are headings, and how deep each is, judged by type size and weight."""

import re
from collections import Counter
from collections.abc import Iterable

from footnote.parsing.pdf_layout.line import Line, Style, figures_at_end

_MAX_CHARS = 150
_LARGER = 1.12
_SMALLER = 0.95
_MAX_DEPTH = 12
_LETTERS = re.compile(r"[^\W\d_]{2}")
_SENTENCE_END = re.compile(r"[.;,:]\s*\Z")
_NUMBERED_END = re.compile(r"\b(?:inc|corp|ltd|co|no|vs|plc)\.\s*\Z", re.IGNORECASE)
_PERIOD = re.compile(
    r"\b(?:months|quarters?|years?|weeks?)\s+ended\b|\A\W*(?:in|\$ in) (?:millions|thousands)\b",
    re.IGNORECASE,
)
# Words that name a level themselves, in reports and contracts.
_LABELS = (
    (re.compile(r"(?i:part|book|volume|appendix)\s+[\dIVXA-Z]+\b"), 0),
    (re.compile(r"(?i:item|chapter|article|section)\s+[\dIVXA-Z]+"), 1),
    (re.compile(r"note\s+\d+", re.IGNORECASE), 2),
    (re.compile(r"\d{1,2}\.?\s+\S"), 3),
    (re.compile(r"\d{1,2}\.\d{1,2}\.?\s+\S"), 4),
    (re.compile(r"\d{1,2}(?:\.\d{1,2}){2,}\.?\s+\S"), 5),
)
_NUMBERED = 3
_UNLABELLED = 6

_Rank = tuple[float, int, bool, bool, bool]


class Headings:
    """Knows the body's type and every style that headings of this document come in."""

    def __init__(self, lines: Iterable[Line]) -> None:
        lines = list(lines)
        self._body = _body_style(lines)
        ranks = {self._rank(line) for line in lines if self.is_heading(line)}
        self._depths = {rank: min(at, _MAX_DEPTH) for at, rank in enumerate(sorted(ranks))}

    def is_heading(self, line: Line) -> bool:
        """Larger or bolder than the body, short, and neither a sentence nor a row of figures."""
        return self._stands_out(line) and _reads_as_heading(line.text)

    def depth(self, line: Line) -> int:
        """0 for the highest style of heading in the document."""
        return self._depths.get(self._rank(line), _MAX_DEPTH)

    def _stands_out(self, line: Line) -> bool:
        style, body = line.style, self._body
        # Reports set "NOTE 3 — LEASES" in the body's own type.
        if line.text.isupper() and _label(line.text) < _NUMBERED:
            return True
        bolder = style.bold and not body.bold and style.size >= body.size * _SMALLER
        offset = line.left > 0.5 * line.page_width
        return (bolder or style.size >= body.size * _LARGER) and not offset

    def _rank(self, line: Line) -> _Rank:
        style = line.style
        capitals = line.text.isupper()
        return (-style.size, _label(line.text), not style.bold, not capitals, style.italic)


def _body_style(lines: list[Line]) -> Style:
    weight: Counter[Style] = Counter()
    for line in lines:
        weight[line.style] += len(line.text)
    return weight.most_common(1)[0][0] if weight else Style(size=0, bold=False, italic=False)


def _reads_as_heading(text: str) -> bool:
    return (
        len(text) <= _MAX_CHARS
        and _LETTERS.search(text) is not None
        and not text[0].islower()
        and figures_at_end(text) < 2
        and not _PERIOD.search(text)
        and (not _SENTENCE_END.search(text) or _NUMBERED_END.search(text) is not None)
    )


def _label(text: str) -> int:
    return next((level for label, level in _LABELS if label.match(text)), _UNLABELLED)
