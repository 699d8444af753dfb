"""One block that is too long for a chunk to pieces that are not, cut where a reader would cut."""

import re
from collections.abc import Iterable, Iterator

from footnote.domain.element import ElementKind

# After the end of a sentence; CJK writes no space there.
_SENTENCE_END = re.compile(r"(?<=[.!?\u2026])[\"'\u201d\u2019)\]]*\s+|(?<=[\u3002\uff01\uff1f])")
_PARAGRAPH_END = re.compile(r"\n\s*\n")
_LINE_END = re.compile(r"\n")
_SPACE = re.compile(r"\s+")
_RULE = re.compile(r"[\s:|-]*+")
_BREAKS = {
    ElementKind.TEXT: (_PARAGRAPH_END, _SENTENCE_END, _LINE_END, _SPACE),
    ElementKind.LIST_ITEM: (_PARAGRAPH_END, _LINE_END, _SENTENCE_END, _SPACE),
    ElementKind.CODE: (_PARAGRAPH_END, _LINE_END, _SPACE),
    ElementKind.TABLE: (_LINE_END, _SENTENCE_END, _SPACE),
    ElementKind.TITLE: (_SPACE,),
}


def split(kind: ElementKind, text: str, *, target: int, limit: int) -> list[str]:
    """Pieces of about `target` characters, none above `limit`; only white space is lost.

    A table's header is repeated at the top of each piece, unless it would fill half of it.
    """
    if kind is not ElementKind.TABLE:
        return list(_pieces(text, _BREAKS[kind], target, limit))
    header, rows = _header_of(text)
    if not rows or len(header) > target // 2:
        return list(_pieces(text, _BREAKS[kind], target, limit))
    room = len(header) + 1
    pieces = _pieces(rows, _BREAKS[kind], target - room, limit - room)
    return [f"{header}\n{piece}" for piece in pieces]


def _header_of(table: str) -> tuple[str, str]:
    lines = table.split("\n", 2)
    if len(lines) == 3 and _is_delimiter_row(lines[1]):
        return "\n".join(lines[:2]), lines[2]
    return "", ""


def _is_delimiter_row(line: str) -> bool:
    """One dash is enough (GitHub Flavored Markdown, "Tables"): `|:-:|:--|`."""
    return "-" in line and _RULE.fullmatch(line) is not None


def _pieces(
    text: str, breaks: tuple[re.Pattern[str], ...], target: int, limit: int
) -> Iterator[str]:
    """Cuts at the first kind of break; what is still too long is cut at the next kind."""
    if len(text) <= limit:
        yield text
    elif not breaks:
        yield from (text[at : at + limit] for at in range(0, len(text), limit))
    else:
        for piece in _packed(_cut(text, breaks[0]), text, target):
            yield from _pieces(piece, breaks[1:], target, limit)


def _cut(text: str, at: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """The spans between breaks; closing quotes and brackets stay with their sentence."""
    start = 0
    for found in at.finditer(text):
        gap = found.group()
        end = found.end() - (len(gap) - len(gap.rstrip()))
        if end > start:
            yield start, end
        start = found.end()
    if start < len(text):
        yield start, len(text)


def _packed(spans: Iterable[tuple[int, int]], text: str, target: int) -> Iterator[str]:
    """Neighbouring spans joined as long as they stay within the target."""
    first: int | None = None
    last = 0
    for start, end in spans:
        if first is not None and end - first > target:
            yield text[first:last]
            first = None
        first, last = (start if first is None else first), end
    if first is not None:
        yield text[first:last]
