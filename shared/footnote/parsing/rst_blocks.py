"""The document tree of docutils as elements, block by block."""

from collections.abc import Iterator

from docutils import nodes
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

_DROPPED = (nodes.Invisible, nodes.raw, nodes.decoration, nodes.meta, nodes.title)
_ERROR = 3


def blocks(node: nodes.Element, depth: int = 0, nesting: int = 0) -> Iterator[Element]:
    """The elements of a node's children; `depth` counts sections, `nesting` lists."""
    for child in node.children:
        if isinstance(child, nodes.Element):
            yield from _block(child, depth, nesting)
        elif child.astext().strip():
            yield Text(child.astext())


def _block(node: nodes.Element, depth: int, nesting: int) -> Iterator[Element]:
    match node:
        case nodes.section():
            title = node.next_node(nodes.title)
            heading = title.astext() if title else ""
            yield Title(heading, metadata=ElementMetadata(category_depth=depth))
            yield from blocks(node, depth + 1)
        case nodes.system_message():
            yield from _faulty(node)
        case nodes.bullet_list() | nodes.enumerated_list():
            yield from _list(node, depth, nesting)
        case nodes.literal_block() | nodes.doctest_block() | nodes.math_block():
            yield CodeSnippet(node.astext())
        case nodes.table():
            yield from _table(node)
        case nodes.Admonition():
            yield from _admonition(node, depth, nesting)
        case _ if isinstance(node, _DROPPED):
            return
        case _:
            yield from _other(node, depth, nesting)


def _other(node: nodes.Element, depth: int, nesting: int) -> Iterator[Element]:
    """Blocks that are a run of text, and those that only hold others."""
    match node:
        case nodes.footnote() | nodes.citation():
            mark, *rest = node.children
            words = "\n\n".join(part.astext() for part in rest)
            yield Text(f"[{mark.astext()}] {words}")
        case nodes.definition_list_item():
            yield from _defined(node, depth, nesting)
        case nodes.field():
            name, body = node.children
            yield Text(f"{name.astext()}: {body.astext()}")
        case nodes.option_list_item():
            group, description = node.children
            options = ", ".join(option.astext() for option in group.children)
            yield Text(f"{options}  {description.astext()}")
        case nodes.line_block():
            yield Text("\n".join(line.astext() for line in node.findall(nodes.line)))
        case nodes.TextElement() | nodes.image():
            if words := node.astext().strip():
                yield Text(words)
        case _:
            yield from blocks(node, depth, nesting)


def _list(node: nodes.Element, depth: int, nesting: int) -> Iterator[Element]:
    """The first paragraph with the item's number, then what else is in the item."""
    start = int(node.get("start", 1))
    numbered = isinstance(node, nodes.enumerated_list) and node.get("enumtype") == "arabic"
    for number, item in enumerate(node.children, start=start):
        if not isinstance(item, nodes.list_item):
            continue
        mark = f"{number}. " if numbered else ""
        for element in blocks(item, depth, nesting + 1):
            if type(element) is Text:
                metadata = ElementMetadata(category_depth=nesting)
                yield ListItem(mark + element.text, metadata=metadata)
                mark = ""
            else:
                yield element


def _defined(node: nodes.Element, depth: int, nesting: int) -> Iterator[Element]:
    """The term with the first paragraph of what it means, so that they stay together."""
    terms = [part.astext() for part in node.children if not isinstance(part, nodes.definition)]
    term = " : ".join(terms)
    found = [part for part in node.children if isinstance(part, nodes.definition)]
    inner = [element for part in found for element in blocks(part, depth, nesting)]
    if inner and type(inner[0]) is Text:
        term, inner = f"{term}\n{inner[0].text}", inner[1:]
    yield Text(term)
    yield from inner


def _admonition(node: nodes.Element, depth: int, nesting: int) -> Iterator[Element]:
    title = node.next_node(nodes.title)
    label = title.astext() if title else node.tagname.capitalize()
    for element in blocks(node, depth, nesting):
        if label and not isinstance(element, CodeSnippet):
            kind = ListItem if isinstance(element, ListItem) else Text
            yield kind(f"{label}: {element.text}", metadata=element.metadata)
            label = ""
        else:
            yield element


def _table(node: nodes.Element) -> Iterator[Element]:
    title = node.next_node(nodes.title)
    if title:
        yield Text(title.astext())
    rows = [
        [" ".join(part.astext() for part in entry.children) for entry in row.children]
        for row in node.findall(nodes.row)
    ]
    found = pipe_table.of(rows)
    if found.columns > 1:
        yield Table(found.markdown())
    elif found.columns:
        yield Text(found.lines())


def _faulty(node: nodes.Element) -> Iterator[Element]:
    """What docutils could not read, as it is written; lesser faults have lost nothing."""
    if int(node.get("level", 0)) >= _ERROR:
        for source in node.findall(nodes.literal_block):
            yield Text(source.astext())
