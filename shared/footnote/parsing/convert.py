"""Unstructured elements to the domain's: roles, depths, pipe tables, text that Postgres takes."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from footnote.domain.element import Element, ElementKind
from footnote.parsing.pipe_table import from_html

if TYPE_CHECKING:
    from unstructured.documents.elements import Element as UnstructuredElement

# A field of Unstructured's metadata that only readers here fill: offsets as in `domain.pages`.
PAGE_BREAKS = "page_breaks"
# Furniture of pages, not content; forms' and pictures' places hold no text of their own.
_DROPPED = frozenset({"Header", "Footer", "PageBreak", "PageNumber", "Page-header", "Page-footer"})
_KINDS = {
    "Title": ElementKind.TITLE,
    "ListItem": ElementKind.LIST_ITEM,
    "Table": ElementKind.TABLE,
    "CodeSnippet": ElementKind.CODE,
}
# NUL and lone surrogates are refused by Postgres; other controls and Unicode's invisible "tag"
# characters show nothing to a person but are read by a model.
_UNWANTED = re.compile("[\x01-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]")
# Most texts hold none of either kind: one look tells, where replacing would cost a second.
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]")
# Where one of these stood, words were apart: line and page breaks, and what programs fill with.
_SEPARATORS = str.maketrans("\x0b\x0c\x00", "\n\n ")
# Links to themselves that headings carry on the web. A '#' counts only apart from the heading's
# last word: that of 'C#' belongs to it.
_PERMALINK_SIGNS = "¶🔗\u200b "
_PERMALINK_HASHES = re.compile(r" #+\Z")
_MIN_PICTURE_TEXT = 20
_MAX_HEADING_CHARS = 300


def converted(elements: "Iterable[UnstructuredElement]") -> Iterator[Element]:
    """The elements that hold text, in the same order."""
    for element in elements:
        if element.category in _DROPPED:
            continue
        made = _converted(element)
        if made.text and not _is_bare_picture(element, made.text):
            yield made


def clean(text: str) -> str:
    """The text without characters that a database refuses or that nobody can see."""
    if _ODD.search(text) is None:
        return text
    return _UNWANTED.sub("", text.translate(_SEPARATORS))


def clean_title(text: str | None) -> str | None:
    """One line, or nothing where nothing is left."""
    return " ".join(clean(text).split())[:_MAX_HEADING_CHARS] if text and text.strip() else None


def _converted(element: "UnstructuredElement") -> Element:
    kind = _KINDS.get(element.category, ElementKind.TEXT)
    text = clean(element.text)
    if kind is ElementKind.TITLE:
        kind, text = _heading(text)
    elif kind is ElementKind.TABLE and element.metadata.text_as_html:
        kind, text = _table(element.metadata.text_as_html, text)
    text = text.strip("\n").rstrip()
    return Element(
        kind=kind,
        text=text,
        page=element.metadata.page_number,
        depth=element.metadata.category_depth or 0,
        page_breaks=_page_breaks(element, len(text)),
    )


def _page_breaks(element: "UnstructuredElement", length: int) -> tuple[int, ...]:
    """Those that a reader noted down (see `pdf_layout.elements`), in the cleaned text."""
    noted = getattr(element.metadata, PAGE_BREAKS, ())
    return tuple(min(len(clean(element.text[:at])), length) for at in noted)


def _heading(text: str) -> tuple[ElementKind, str]:
    """A heading on one line; what is too long to be one is a paragraph."""
    line = " ".join(text.split()).rstrip(_PERMALINK_SIGNS)
    line = _PERMALINK_HASHES.sub("", line)
    kind = ElementKind.TITLE if len(line) <= _MAX_HEADING_CHARS else ElementKind.TEXT
    return kind, line


def _table(html: str, text: str) -> tuple[ElementKind, str]:
    """A Markdown table; a single column is only a frame around text."""
    rows = from_html(clean(html))
    if rows.columns > 1:
        return ElementKind.TABLE, rows.markdown()
    return ElementKind.TEXT, rows.lines() or text


def _is_bare_picture(element: "UnstructuredElement", text: str) -> bool:
    """Short alternative texts name a logo or an icon."""
    return element.category in ("Image", "Figure") and len(text) < _MIN_PICTURE_TEXT
