"""PPTX through Unstructured: a page per slide, with the speaker's notes."""

import io
from collections.abc import Iterator
from itertools import groupby

from unstructured.documents.elements import Element, ElementMetadata, Text, Title
from unstructured.partition.pptx import partition_pptx

from footnote.parsing.archive import check_archive, core_title
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.reading import Reading


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """Each slide's title, text, tables and notes."""
    check_archive(content, "PPTX", "ppt/presentation.xml", limits)
    found = partition_pptx(
        file=io.BytesIO(content),
        include_page_breaks=False,
        include_slide_notes=True,
        languages=[""],
    )
    elements: list[Element] = []
    for number, slide in groupby(found, lambda element: element.metadata.page_number):
        elements.extend(_slide(number, list(slide)))
    return Reading(elements=elements, title=core_title(content))


def _slide(number: int | None, elements: list[Element]) -> Iterator[Element]:
    """Its title is its only heading; a slide without one must not stand under the last one's."""
    if not any(map(_is_slide_title, elements)):
        metadata = ElementMetadata(page_number=number, category_depth=0)
        yield Title(f"Slide {number}", metadata=metadata)
    for element in elements:
        guessed = isinstance(element, Title) and not _is_slide_title(element)
        yield Text(element.text, metadata=element.metadata) if guessed else element


def _is_slide_title(element: Element) -> bool:
    """Unstructured gives depth 0 to the title's own shape, more to text that looks like one."""
    return isinstance(element, Title) and not element.metadata.category_depth
