"""Elements: what partitioning a file returns, in reading order."""

from dataclasses import dataclass
from enum import StrEnum


class ElementKind(StrEnum):
    """The roles of text that chunking tells apart."""

    TITLE = "title"
    TEXT = "text"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One block of a document.

    `depth` is a heading's level (0 is the highest) or a list item's nesting. `page` counts from 1
    and is where the block begins; `page_breaks` as in `domain.pages`.
    Tables hold Markdown, code keeps its line breaks and indentation.
    """

    kind: ElementKind
    text: str
    page: int | None = None
    depth: int = 0
    page_breaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionedDocument:
    """A whole file as elements, with the title that the file gives itself, if any."""

    elements: tuple[Element, ...]
    title: str | None = None
