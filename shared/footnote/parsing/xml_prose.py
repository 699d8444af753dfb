"""XML that marks up running text (DocBook, DITA, TEI, JATS, NITF): blocks by their usual names."""

import re
from collections.abc import Iterator

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
from footnote.parsing.safe_xml import local_name, text_of

_HEADINGS = frozenset(
    ("title", "head", "heading", "headline", "hl1", "hl2", "bridgehead", "articletitle",
     "article-title", "h1", "h2", "h3", "h4", "h5", "h6")
)  # fmt: skip
_PARAGRAPHS = frozenset(("p", "para", "simpara", "paragraph", "lq", "note", "l", "ab"))
_ITEMS = frozenset(("li", "listitem", "list-item", "item", "step", "cmd"))
_LISTS = frozenset(
    ("ul", "ol", "sl", "list", "itemizedlist", "orderedlist", "simplelist", "steps", "procedure")
)
_CODE = frozenset(("programlisting", "screen", "codeblock", "pre", "literallayout", "code-block"))
_TABLES = frozenset(("table", "informaltable", "tgroup", "simpletable"))
_ROWS = ("tr", "row", "strow", "sthead")
_CELLS = frozenset(("td", "th", "entry", "cell", "stentry"))
_BLOCKS = _PARAGRAPHS | _ITEMS | _LISTS | _CODE | _TABLES
_FRONTS = frozenset(
    ("info", "articleinfo", "bookinfo", "chapterinfo", "front", "prolog", "teiHeader", "hedline",
     "body.head", "head")
)  # fmt: skip
_DROPPED = frozenset(("script", "style", "indexterm"))
_SPACE = re.compile(r"\s+")


def is_prose(root: etree._Element) -> bool:
    """Whether text and elements stand side by side, or blocks are named as texts name them."""
    paragraphs = 0
    for element in root.iter(etree.Element):
        paragraphs += local_name(element) in _PARAGRAPHS | _CODE
        mixed = len(element) and (_has_words(element.text) or any(map(_has_tail, element)))
        if mixed or paragraphs > 1:
            return True
    return False


def title_of(root: etree._Element) -> str | None:
    """The first heading that says anything."""
    found = (_words(element) for element in root.iter(etree.Element) if _is_heading(element))
    return next(filter(None, found), None)


def blocks(element: etree._Element, depth: int = 0, nesting: int = 0) -> Iterator[Element]:
    """What stands in the element: a heading opens a level, names of other elements are left out."""
    name = local_name(element)
    if name in _DROPPED:
        return
    if name in _TABLES and (rows := _rows(element)):
        yield from (Text(_words(child)) for child in element if _is_heading(child))
        yield Table(pipe_table.of(rows).markdown())
    elif name in _CODE:
        yield CodeSnippet(text_of(element).strip("\n"))
    elif _is_heading(element):
        yield Title(_words(element), metadata=ElementMetadata(category_depth=max(depth - 1, 0)))
    elif _holds_blocks(element):
        yield from _container(element, depth, nesting)
    elif words := _words(element):
        kind = ListItem if name in _ITEMS else Text
        text = words if name in _BLOCKS or len(element) else f"{name}: {words}"
        yield kind(text, metadata=ElementMetadata(category_depth=max(nesting - 1, 0)))


def _container(element: etree._Element, depth: int, nesting: int) -> Iterator[Element]:
    titled = any(_is_heading(child) or _fronts(child) for child in element)
    in_list = nesting + (local_name(element) in _LISTS)
    run = _SPACE.sub(" ", element.text or "").strip()
    if run:
        yield Text(run)
    for child in element:
        found = blocks(child, depth + (titled and not _fronts(child)), in_list)
        yield from _as_items(found, in_list) if local_name(element) in _ITEMS else found
        if tail := _SPACE.sub(" ", child.tail or "").strip():
            yield Text(tail)


def _fronts(element: etree._Element) -> bool:
    """Whether it says what the text around it is called."""
    named = local_name(element) in _FRONTS
    return named and any(map(_is_heading, element.iterdescendants(etree.Element)))


def _as_items(found: Iterator[Element], nesting: int) -> Iterator[Element]:
    """The paragraphs of a list's item are part of the list."""
    for element in found:
        plain = type(element) is Text
        metadata = ElementMetadata(category_depth=max(nesting - 1, 0))
        yield ListItem(element.text, metadata=metadata) if plain else element


def _rows(table: etree._Element) -> list[list[str]]:
    rows = [row for row in table.iter(etree.Element) if local_name(row) in _ROWS]
    return [[_words(cell) for cell in row if local_name(cell) in _CELLS] for row in rows]


def _is_heading(element: etree._Element) -> bool:
    return local_name(element) in _HEADINGS and not _holds_blocks(element) and bool(_words(element))


def _holds_blocks(element: etree._Element) -> bool:
    """Whether it is more than one run of text: blocks are in it, or only elements without text."""
    names = {local_name(child) for child in element}
    if names & (_BLOCKS | _HEADINGS):
        return True
    return len(element) > 0 and not _is_mixed(element)


def _is_mixed(element: etree._Element) -> bool:
    return _has_words(element.text) or any(map(_has_tail, element))


def _has_tail(element: etree._Element) -> bool:
    return _has_words(element.tail)


def _has_words(text: str | None) -> bool:
    return bool(text and text.strip())


def _words(element: etree._Element) -> str:
    return _SPACE.sub(" ", text_of(element)).strip()
