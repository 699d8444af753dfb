"""DOCX as a stream over its XML: headings by style, numbered lists, tables, notes, pages."""

import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree
from unstructured.documents.elements import (
    Element,
    ElementMetadata,
    ListItem,
    Table,
    Text,
    Title,
)

from footnote.domain.errors import FailedDocumentError
from footnote.parsing import pipe_table
from footnote.parsing.archive import check_archive, core_title
from footnote.parsing.bold_headings import promoted
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.reading import Reading
from footnote.parsing.wordprocessing import blocks as body
from footnote.parsing.wordprocessing.numbering import Numbering
from footnote.parsing.wordprocessing.paragraph import Paragraph
from footnote.parsing.wordprocessing.styles import Style, Styles

_BULLET = re.compile(r"[•‣▪●■◦∙·○]\s*|[-*\u2013]\s+")
_BODY_LEVEL = 9


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """What a reader of the last saved version sees, without headers, footers and comments.

    Deleted text of tracked changes and hidden text is left out; notes follow the paragraph that
    refers to them. A page is the one that Word noted down, else that after the page breaks.
    """
    check_archive(content, "DOCX", body.MAIN_PART, limits)
    return Reading(elements=promoted(_elements(content)), title=core_title(content))


def _elements(content: bytes) -> Iterator[Element]:
    """One at a time: each takes some kilobytes, and a file may have a million paragraphs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from _Body(archive).elements()
    except (etree.XMLSyntaxError, zipfile.BadZipFile) as error:
        msg = "the DOCX file is damaged: its text is no XML that can be read"
        raise FailedDocumentError(msg) from error


class _Body:
    """Goes through the body once, counting pages and lists."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._styles = Styles(archive)
        self._numbering = Numbering(archive)
        self._notes = dict(body.notes(archive))
        self._paged, self._rendered = body.marks_of_pages(archive)
        self._page = 1

    def elements(self) -> Iterator[Element]:
        for block in body.blocks(self._archive, rendered=self._rendered):
            if isinstance(block, Paragraph):
                yield from self._paragraph(block)
            else:
                yield from self._table(block)

    def _paragraph(self, paragraph: Paragraph) -> Iterator[Element]:
        self._turn(paragraph.breaks_before)
        text = paragraph.text.strip()
        if text:
            yield self._main(paragraph, text)
        self._turn(paragraph.breaks_after)
        for extra in (*paragraph.boxes, *self._notes_of(paragraph)):
            yield Text(extra, metadata=self._metadata())

    def _main(self, paragraph: Paragraph, text: str) -> Element:
        style = self._styles.of(paragraph.style)
        depth = _heading(paragraph, style)
        num_id = style.num_id if paragraph.num_id is None else paragraph.num_id
        numbered = num_id not in (None, "0")
        level = (style.level if paragraph.level is None else paragraph.level) or 0
        label = self._numbering.label(num_id, level) if numbered else ""
        text = f"{label} {text}" if label else text
        if depth is not None:
            return Title(text, metadata=self._metadata(depth))
        bullet = _BULLET.match(text)
        if bullet and text[bullet.end() :]:
            return ListItem(text[bullet.end() :], metadata=self._metadata(level))
        if numbered or style.listed is not None:
            return ListItem(text, metadata=self._metadata(level or style.listed or 0))
        bold = style.bold if paragraph.bold is None else paragraph.bold
        return Text(text, metadata=self._metadata(bold=text if bold else None))

    def _table(self, table: body.Table) -> Iterator[Element]:
        for paragraph in table.paragraphs:
            # Word counts them, though a table's cells are shown without their numbers.
            self._numbering.label(paragraph.num_id, paragraph.level or 0)
        rows = pipe_table.of(table.rows)
        if rows.columns > 1:
            yield Table(rows.markdown(), metadata=self._metadata())
        elif rows.columns:
            # A single column is only a frame around text.
            yield Text(rows.lines(), metadata=self._metadata())
        for paragraph in table.paragraphs:
            for note in self._notes_of(paragraph):
                yield Text(note, metadata=self._metadata())
        self._turn(table.breaks)

    def _notes_of(self, paragraph: Paragraph) -> list[str]:
        found = (self._notes.get(reference) for reference in paragraph.notes)
        return [note for note in found if note]

    def _turn(self, pages: int) -> None:
        self._page += pages

    def _metadata(self, depth: int = 0, bold: str | None = None) -> ElementMetadata:
        return ElementMetadata(
            page_number=self._page if self._paged else None,
            category_depth=depth,
            emphasized_text_contents=[bold] if bold else None,
            emphasized_text_tags=["b"] if bold else None,
        )


def _heading(paragraph: Paragraph, style: Style) -> int | None:
    """The paragraph's own outline level before its style's; the level of body text is none."""
    if paragraph.outline is None:
        return style.heading
    return paragraph.outline if 0 <= paragraph.outline < _BODY_LEVEL else None
