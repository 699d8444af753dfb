"""The blocks of a cleaned HTML tree in one walk: headings, paragraphs, list items, tables."""

import re
from collections.abc import Iterable, Iterator, Set
from itertools import groupby
from typing import Any

from lxml import etree
from unstructured.documents.elements import (
    CodeSnippet,
    Element,
    ElementMetadata,
    Image,
    ListItem,
    Table,
    Text,
    Title,
)

from footnote.parsing import html_math, pipe_table
from footnote.parsing.html_tags import BLOCKS, HEADINGS, LISTS, REMOVED, inline_text

_BOLD = frozenset({"b", "strong"})
_CELLS = frozenset({"th", "td"})
_ROW_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_HOLDS_BLOCKS = etree.XPath("boolean(.//table|.//pre)")
_HOLDS_HEADINGS = etree.XPath("boolean(.//h1|.//h2|.//h3|.//h4|.//h5|.//h6)")
_BULLET = re.compile(r"[•‣▪●■◦∙·○]\s*|[-*\u2013]\s+")


def blocks_of(root: Any, skipped: Set[Any] = frozenset()) -> Iterator[Element]:
    """All that is shown below the root, without the subtrees that are skipped."""
    text = _Gathered()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        if event == "end":
            yield from text.leave(node)
        elif node in skipped or node.tag in REMOVED or html_math.is_visual_twin(node):
            walk.skip_subtree()
        elif node.tag == "math":
            text.add(html_math.text_of(node))
            walk.skip_subtree()
        elif node.tag == "table":
            yield from text.flushed()
            yield from _table(node, skipped)
            walk.skip_subtree()
        else:
            yield from text.enter(node)
        if event == "end" and node is not root:
            text.add(node.tail)


class _Gathered:
    """The text since the last border of a block, and in which blocks it stands."""

    def __init__(self) -> None:
        self._open: list[Any] = []
        self._parts: list[str] = []
        self._pictures: list[Element] = []
        self._lists = 0
        self._bold = 0
        self._all_bold = True
        self._item_begins = False

    def enter(self, node: Any) -> Iterator[Element]:
        tag = node.tag
        if tag in BLOCKS:
            yield from self.flushed()
            self._open.append(node)
            self._lists += tag in LISTS
            self._item_begins = self._item_begins or tag in ("li", "dd")
        elif tag == "br":
            self._parts.append("\n")
        elif tag == "img" and (node.get("alt") or "").strip():
            # After the paragraph, which an icon amid its words does not end.
            self._pictures.append(Image(node.get("alt").strip()))
        self._bold += tag in _BOLD
        self.add(node.text)

    def leave(self, node: Any) -> Iterator[Element]:
        tag = node.tag
        self._bold -= tag in _BOLD
        if self._open and node is self._open[-1]:
            yield from self.flushed()
            self._open.pop()
            self._lists -= tag in LISTS
            self._item_begins = self._item_begins and tag not in ("li", "dd")

    def add(self, text: str | None) -> None:
        if text:
            self._parts.append(text)
            if not self._bold and self._all_bold and text.strip():
                self._all_bold = False

    def flushed(self) -> Iterator[Element]:
        """What was gathered, as the innermost block wants it."""
        raw = "".join(self._parts)
        all_bold, self._all_bold = self._all_bold, True
        self._parts.clear()
        if raw.strip():
            element = self._element(raw, all_bold=all_bold)
            if element is not None:
                yield element
        yield from self._pictures
        self._pictures.clear()

    def _element(self, raw: str, *, all_bold: bool) -> Element | None:
        tag = self._open[-1].tag if self._open else ""
        if any(node.tag == "pre" for node in self._open[-2:]):
            return CodeSnippet(raw.removeprefix("\n").removesuffix("\n"))
        text = " ".join(raw.split())
        if tag in HEADINGS:
            return Title(text, metadata=ElementMetadata(category_depth=int(tag[1]) - 1))
        bullet = _BULLET.match(text)
        if self._item_begins or (bullet and bullet.end() < len(text)):
            self._item_begins = False
            item = text[bullet.end() :] if bullet and bullet.end() < len(text) else text
            return ListItem(item, metadata=ElementMetadata(category_depth=max(self._lists - 1, 0)))
        if len(text) < 2 and not text.isalnum():
            return None  # a sign between links
        bold = ElementMetadata(emphasized_text_contents=[text], emphasized_text_tags=["b"])
        return Text(text, metadata=bold if all_bold else ElementMetadata())


def _table(table: Any, skipped: Set[Any]) -> Iterator[Element]:
    for caption in table.iterchildren("caption"):
        text = inline_text(caption)
        if text:
            yield Text(text)
    for is_layout, run in groupby(_rows(table), _lays_out):
        if is_layout:
            for row in run:
                yield from blocks_of(row, skipped)
        else:
            yield from _of_rows(run)


def _of_rows(run: Iterable[Any]) -> Iterator[Element]:
    rows = pipe_table.of([[inline_text(cell) for cell in row if cell.tag in _CELLS] for row in run])
    if rows.columns > 1:
        yield Table(rows.markdown())
    elif rows.columns:
        # A single column is only a frame around text.
        yield Text(rows.lines())


def _lays_out(row: Any) -> bool:
    """Whether the row is a page's frame, as in mail: its cells are no table's cells."""
    return bool(_HOLDS_BLOCKS(row) or (len(row) == 1 and _HOLDS_HEADINGS(row)))


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in _ROW_GROUPS:
            yield from child.iterchildren("tr")
