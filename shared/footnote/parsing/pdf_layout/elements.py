"""The lines of a document's pages as headings, paragraphs, list items and tables."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from unstructured.documents.elements import Element, ElementMetadata, ListItem, Table, Text, Title

from footnote.parsing.convert import PAGE_BREAKS
from footnote.parsing.pdf_layout.furniture import without_furniture
from footnote.parsing.pdf_layout.headings import Headings
from footnote.parsing.pdf_layout.line import Line
from footnote.parsing.pdf_layout.paragraphs import Paragraph, compounds_of, paragraphs
from footnote.parsing.pdf_layout.tables import table_spans, table_texts


def elements_of(pages: list[list[Line]]) -> Iterator[Element]:
    """In the order of the lines, without what belongs to the pages and not to the text."""
    lines = [line for page in without_furniture(pages) for line in page]
    headings = Headings(lines)
    compounds = compounds_of(lines)
    is_heading = [headings.is_heading(line) for line in lines]
    done = 0
    for head, first, end in table_spans(lines, is_heading):
        yield from _running_text(lines[done:head], headings, compounds)
        for page, page_breaks, text in table_texts(lines, head, first, end):
            yield Table(text, metadata=_place(page, page_breaks))
        done = end
    yield from _running_text(lines[done:], headings, compounds)


def largest_heading_of_first_page(elements: list[Element]) -> str | None:
    """What the document calls itself, where it has no other title."""
    first = [e for e in elements if isinstance(e, Title) and e.metadata.page_number == 1]
    unnumbered = [title for title in first if not title.text[0].isdigit()]
    highest = min(unnumbered, key=lambda title: title.metadata.category_depth or 0, default=None)
    return highest.text if highest else None


def _running_text(
    lines: Sequence[Line], headings: Headings, compounds: set[str]
) -> Iterator[Element]:
    for is_heading, run in groupby(lines, headings.is_heading):
        if is_heading:
            yield from _titles(list(run), headings)
        else:
            yield from (_prose(found) for found in paragraphs(list(run), compounds))


def _titles(lines: list[Line], headings: Headings) -> Iterator[Element]:
    """Neighbouring lines of one style are one heading, broken for its length."""
    start = 0
    for at in range(1, len(lines) + 1):
        if at < len(lines) and _one_heading(lines[at - 1], lines[at], headings):
            continue
        text = " ".join(line.text for line in lines[start:at])
        first = lines[start]
        metadata = ElementMetadata(page_number=first.page, category_depth=headings.depth(first))
        yield Title(text, metadata=metadata)
        start = at


def _one_heading(above: Line, line: Line, headings: Headings) -> bool:
    near = above.page == line.page and -above.height < above.gap_to(line) < 0.6 * above.height
    return near and headings.depth(above) == headings.depth(line)


def _prose(paragraph: Paragraph) -> Element:
    kind = ListItem if paragraph.listed else Text
    return kind(paragraph.text, metadata=_place(paragraph.page, paragraph.page_breaks))


def _place(page: int, page_breaks: tuple[int, ...]) -> ElementMetadata:
    metadata = ElementMetadata(page_number=page)
    if page_breaks:
        setattr(metadata, PAGE_BREAKS, page_breaks)
    return metadata
