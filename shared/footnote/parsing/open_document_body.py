"""The body of an OpenDocument text as elements, block by block."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree
from unstructured.documents.elements import (
    CodeSnippet,
    Element,
    ElementMetadata,
    ListItem,
    Table,
    Text,
    Title,
)

from footnote.parsing import pipe_table

_NAMESPACE = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
OFFICE = _NAMESPACE % "office"
_TEXT = _NAMESPACE % "text"
_TABLE = _NAMESPACE % "table"
_STYLE = _NAMESPACE % "style"
_DRAW = _NAMESPACE % "drawing"
_SVG = _NAMESPACE % "svg-compatible"
_HEADING, _PARAGRAPH, _LIST = f"{_TEXT}h", f"{_TEXT}p", f"{_TEXT}list"
_NOTE, _TEXT_BOX = f"{_TEXT}note", f"{_DRAW}text-box"
# Deleted text, comments, names of pictures, and lists of headings that programs make; notes and
# boxes come later.
_NOT_READ = frozenset(
    (
        f"{_TEXT}tracked-changes",
        f"{OFFICE}annotation",
        f"{_SVG}title",
        f"{_SVG}desc",
        f"{OFFICE}forms",
        f"{_TEXT}sequence-decls",
        *(f"{_TEXT}{kind}" for kind in ("table-of-content", "illustration-index", "table-index")),
    )
)
_ROW_GROUPS = tuple(f"{_TABLE}{name}" for name in ("table-header-rows", "table-rows"))
# Programs write a million empty cells as one that is repeated.
_MOST_REPEATED = 64
_MOST_SPACES = 200
_CODE_STYLES = ("Preformatted_20_Text", "Source_20_Code", "Code")


def styles_of(root: etree._Element) -> dict[str, str]:
    """The style that each automatic one is made from."""
    styles = root.iter(f"{_STYLE}style")
    return {
        style.get(f"{_STYLE}name", ""): style.get(f"{_STYLE}parent-style-name", "")
        for style in styles
    }


@dataclass(frozen=True, slots=True)
class Body:
    """Reads blocks; `styles` names the parent of each style that the document made itself."""

    styles: Mapping[str, str]

    def blocks(self, parent: etree._Element, nesting: int = 0) -> list[Element]:
        """The elements of a container's children."""
        return [element for child in parent for element in self._block(child, nesting)]

    def _block(self, node: etree._Element, nesting: int) -> Iterator[Element]:
        if node.tag in _NOT_READ:
            return
        if node.tag == _HEADING:
            level = node.get(f"{_TEXT}outline-level", "1")
            yield from self._heading(node, int(level) - 1 if level.isdigit() else 0)
        elif node.tag == _PARAGRAPH:
            yield from self._paragraph(node)
        elif node.tag == _LIST:
            yield from self._list(node, nesting)
        elif node.tag == f"{_TABLE}table":
            yield from _table(node)
        else:
            yield from self.blocks(node, nesting)

    def _heading(self, node: etree._Element, depth: int) -> Iterator[Element]:
        if text := _text(node).strip():
            yield Title(text, metadata=ElementMetadata(category_depth=depth))
        yield from self._beside(node)

    def _paragraph(self, node: etree._Element) -> Iterator[Element]:
        style = node.get(f"{_TEXT}style-name", "")
        style = self.styles.get(style) or style
        if style == "Title":
            yield from self._heading(node, 0)
            return
        text = _text(node)
        if style in _CODE_STYLES:
            yield CodeSnippet(text)
        elif text.strip():
            yield Text(text.strip())
        yield from self._beside(node)

    def _list(self, node: etree._Element, nesting: int) -> Iterator[Element]:
        for item in node:
            for child in item:
                if child.tag != _PARAGRAPH:
                    yield from self._block(child, nesting + 1)
                    continue
                if text := _text(child).strip():
                    yield ListItem(text, metadata=ElementMetadata(category_depth=nesting))
                yield from self._beside(child)

    def _beside(self, node: etree._Element) -> Iterator[Element]:
        """Notes and text boxes that hang on a paragraph, after it."""
        for found in node.iterdescendants(_NOTE, _TEXT_BOX):
            if found.tag == _TEXT_BOX:
                yield from self.blocks(found)
                continue
            body = found.find(f"{_TEXT}note-body")
            mark = "".join(found.itertext(f"{_TEXT}note-citation"))
            words = "" if body is None else " ".join(_text(part).strip() for part in body)
            if words:
                yield Text(f"[{mark}] {words}" if mark else words)


def _table(node: etree._Element) -> Iterator[Element]:
    rows: list[list[str]] = []
    for row in _rows(node):
        cells: list[str] = []
        for cell in row:
            repeated = cell.get(f"{_TABLE}number-columns-repeated", "1")
            times = min(int(repeated) if repeated.isdigit() else 1, _MOST_REPEATED)
            cells.extend([" ".join(_text(part).strip() for part in cell)] * times)
        rows.append(cells)
    found = pipe_table.of(rows)
    if found.columns > 1:
        yield Table(found.markdown())
    elif found.columns:
        yield Text(found.lines())


def _rows(node: etree._Element) -> Iterator[etree._Element]:
    for child in node:
        if child.tag == f"{_TABLE}table-row":
            yield child
        elif child.tag in _ROW_GROUPS or child.tag == f"{_TABLE}table-row-group":
            yield from _rows(child)


def _text(node: etree._Element) -> str:
    """The text of a block on its own line or lines, without notes, comments and boxes."""
    parts = [node.text or ""]
    for child in node:
        parts.append(_inline(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _inline(node: etree._Element) -> str:
    if node.tag in _NOT_READ or node.tag in (_NOTE, _TEXT_BOX):
        return ""
    if node.tag == f"{_TEXT}s":
        count = node.get(f"{_TEXT}c", "1")
        return " " * min(int(count) if count.isdigit() else 1, _MOST_SPACES)
    if node.tag == f"{_TEXT}tab":
        return "\t"
    if node.tag == f"{_TEXT}line-break":
        return "\n"
    return _text(node)
