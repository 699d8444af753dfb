"""What stands in the shapes of a slide: the title, paragraphs, list items and tables."""

from collections.abc import Iterator, Mapping
from typing import Any

from unstructured.documents.elements import Element, ElementMetadata, ListItem, Table, Text, Title

from footnote.parsing import pipe_table
from footnote.parsing.presentation.deck import A, Key, P, Place, key_of, place_of

_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_SHAPE, _GROUP, _FRAME = f"{P}sp", f"{P}grpSp", f"{P}graphicFrame"
_PARTS = {f"{A}t", _FORMULA, f"{A}br"}
# What stands on every slide, and in the notes the picture of the slide.
_FURNITURE = frozenset({"dt", "ftr", "hdr", "sldNum", "sldImg"})
_NOWHERE = (0, 0)


def elements_of(tree: Any, places: Mapping[Key, Place], page: int) -> Iterator[Element]:
    """The shapes from the top to the bottom of the slide."""
    found = [(_place(shape, places), shape) for shape in _shapes(tree)]
    for place, shape in sorted(found, key=lambda pair: pair[0]):
        if min(place) >= 0:
            yield from _elements(shape, page)


def notes_of(tree: Any) -> str:
    """The speaker's words, without what else stands on the page of notes."""
    bodies = [shape for shape in _shapes(tree) if (key_of(shape) or ("", ""))[0] == "body"]
    texts = (_text(line).strip() for body in bodies for line in _paragraphs(body))
    return "\n".join(filter(None, texts))


def _shapes(tree: Any) -> Iterator[Any]:
    """Of alternatives the first, of groups the members; hidden ones and furniture are left out."""
    for child in tree:
        if child.tag == _GROUP:
            yield from _shapes(child)
        elif child.tag in (_SHAPE, _FRAME):
            key = key_of(child)
            properties = child.find(f"*/{P}cNvPr")
            hidden = properties is not None and properties.get("hidden") in ("1", "true")
            if not hidden and (key is None or key[0] not in _FURNITURE):
                yield child
        else:
            choice = child.find(_CHOICE)
            if choice is not None:
                yield from _shapes(choice)


def _place(shape: Any, places: Mapping[Key, Place]) -> Place:
    key = key_of(shape)
    return place_of(shape) or (places.get(key, _NOWHERE) if key else _NOWHERE)


def _elements(shape: Any, page: int) -> Iterator[Element]:
    table = shape.find(f"{A}graphic/{A}graphicData/{A}tbl")
    if table is not None:
        yield from _table(table, page)
    is_title = key_of(shape) == ("title", "")
    lines = [line for line in _paragraphs(shape) if _text(line).strip()]
    if is_title and lines:
        text = " ".join(_text(line).strip() for line in lines)
        yield Title(text, metadata=ElementMetadata(page_number=page, category_depth=0))
        return
    for line in lines:
        properties = line.find(f"{A}pPr")
        level = "" if properties is None else properties.get("lvl", "")
        depth = int(level) if level.isdecimal() else 0
        metadata = ElementMetadata(page_number=page, category_depth=depth)
        yield (ListItem if _has_bullet(properties) else Text)(_text(line), metadata=metadata)


def _paragraphs(shape: Any) -> Iterator[Any]:
    body = shape.find(f"{P}txBody")
    return iter(()) if body is None else body.iterchildren(f"{A}p")


def _has_bullet(properties: Any) -> bool:
    if properties is None:
        return False
    return any(properties.find(f"{A}{tag}") is not None for tag in ("buChar", "buAutoNum"))


def _text(paragraph: Any) -> str:
    return "".join(
        "\n" if part.tag == f"{A}br" else part.text or "" for part in paragraph.iter(*_PARTS)
    )


def _table(table: Any, page: int) -> Iterator[Element]:
    """Cells that a merge covers are there, and empty."""
    rows = pipe_table.of(
        [
            [" ".join(map(_text, cell.iter(f"{A}p"))) for cell in row.iterchildren(f"{A}tc")]
            for row in table.iterchildren(f"{A}tr")
        ]
    )
    metadata = ElementMetadata(page_number=page)
    if rows.columns > 1:
        yield Table(rows.markdown(), metadata=metadata)
    elif rows.columns:
        yield Text(rows.lines(), metadata=metadata)
