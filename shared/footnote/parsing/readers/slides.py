"""PPTX, a page per slide: its title, what stands on it from top to bottom, and its notes."""

import io
import zipfile
from collections.abc import Iterator

from lxml import etree
from unstructured.documents.elements import Element, ElementMetadata, Text, Title

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.archive import check_archive, core_title
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.presentation.deck import MAIN_PART, Deck
from footnote.parsing.presentation.shapes import elements_of, notes_of
from footnote.parsing.reading import Reading


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """Each slide's title, text, tables and notes; dates and numbers of pages are left out."""
    check_archive(content, "PPTX", MAIN_PART, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            elements = list(_elements(Deck(archive)))
    except (etree.XMLSyntaxError, zipfile.BadZipFile) as error:
        msg = "the PPTX file is damaged: a slide is no XML that can be read"
        raise FailedDocumentError(msg) from error
    title = core_title(content) or _first_title(elements)
    return Reading(elements=elements, title=title, headings_may_name_it=False)


def _elements(deck: Deck) -> Iterator[Element]:
    for number, part in enumerate(deck.slides(), start=1):
        tree, notes = deck.shapes(part), deck.notes(part)
        found = [] if tree is None else list(elements_of(tree, deck.places(part), number))
        said = "" if notes is None else notes_of(notes)
        if said:
            found.append(Text(said, metadata=ElementMetadata(page_number=number)))
        if found:
            yield from _under_title(number, found)


def _under_title(number: int, elements: list[Element]) -> Iterator[Element]:
    """Its title is its only heading; a slide without one must not stand under the last one's."""
    titles = [element for element in elements if isinstance(element, Title)]
    if not titles:
        metadata = ElementMetadata(page_number=number, category_depth=0)
        yield Title(f"Slide {number}", metadata=metadata)
    yield from titles
    yield from (element for element in elements if not isinstance(element, Title))


def _first_title(elements: list[Element]) -> str | None:
    """Of the first slide that has one; a number given here names no document."""
    titles = (element for element in elements if isinstance(element, Title))
    given = (e.text for e in titles if e.text != f"Slide {e.metadata.page_number}")
    return next(given, None)
