"""Lines of running text to paragraphs and list items, words whole again across line ends."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from footnote.parsing.pdf_layout.line import Line
from footnote.parsing.pdf_layout.lines import LINE_END_HYPHEN

_BULLET = re.compile(
    r"(?:[•●▪■◦‣∙·○]|[-\u2013\u2014*](?=\s)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)](?=\s))\s*\S"
)
_SENTENCE_END = re.compile(r"[.!?:;][\"'\u201d\u2019)\]]*\Z")
_HYPHENATED = re.compile(r"\b(\w++)" + LINE_END_HYPHEN + r"\s*(\w+)")
_COMPOUND = re.compile(r"\b\w++(?:-\w++)+")
_EXTRA_GAP = 0.35
_SHORT_OF_MARGIN = 0.82
# What is longer and goes on over the page is no paragraph.
_MAX_CHARS_OVER_PAGES = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text, or a list item; `page` is where it begins, the breaks as in `domain.pages`."""

    text: str
    page: int
    page_breaks: tuple[int, ...]
    listed: bool


def paragraphs(lines: Sequence[Line], compounds: set[str]) -> Iterator[Paragraph]:
    """Lines joined until a gap, a bullet, or a short last line ends the paragraph.

    `compounds` are the document's words with a hyphen of their own.
    """
    if not lines:
        return
    usual_gap = _usual_gap(lines)
    current = [lines[0]]
    size = len(lines[0].text)
    for above, line in pairwise(lines):
        turned = size > _MAX_CHARS_OVER_PAGES and above.page != line.page
        if turned or _breaks(above, line, usual_gap):
            yield _paragraph(current, compounds)
            current, size = [], 0
        current.append(line)
        size += len(line.text)
    yield _paragraph(current, compounds)


def compounds_of(lines: Iterable[Line]) -> set[str]:
    """Words such as `well-known` that stand within a line."""
    return {word.casefold() for line in lines for word in _COMPOUND.findall(line.text)}


def _usual_gap(lines: Sequence[Line]) -> float:
    gaps = [a.gap_to(b) for a, b in pairwise(lines) if a.page == b.page and b.top < a.top]
    return median(gaps) if gaps else 0.0


def _breaks(above: Line, line: Line, usual_gap: float) -> bool:
    if _BULLET.match(line.text):
        return True
    ended = _SENTENCE_END.search(above.text) is not None
    if above.page != line.page or line.top > above.top + above.height:
        return ended or not line.text[0].islower()
    if above.gap_to(line) > usual_gap + _EXTRA_GAP * above.height:
        return True
    short = above.right - above.left < _SHORT_OF_MARGIN * (line.right - above.left)
    return ended and short


def _paragraph(lines: list[Line], compounds: set[str]) -> Paragraph:
    text = lines[0].text
    breaks: list[int] = []
    for above, line in pairwise(lines):
        if line.page != above.page:
            breaks += [len(_joined(text, compounds))] * (line.page - above.page)
        if text.endswith("-") and line.text[0].islower() and text[-2:-1].isalpha():
            text = text[:-1] + LINE_END_HYPHEN
        text += line.text if text.endswith(LINE_END_HYPHEN) else f" {line.text}"
    return Paragraph(
        text=_joined(text, compounds),
        page=lines[0].page,
        page_breaks=tuple(breaks),
        listed=_BULLET.match(text) is not None,
    )


def _joined(text: str, compounds: set[str]) -> str:
    """Without the hyphens that only stood at the ends of lines."""
    return _HYPHENATED.sub(lambda found: _whole(found, compounds), text)


def _whole(found: re.Match[str], compounds: set[str]) -> str:
    """One word, unless the second part starts like a name or the document writes the hyphen."""
    left, right = found.groups()
    written = f"{left}-{right}"
    keeps = not right[0].islower() or written.casefold() in compounds
    return written if keeps else left + right
