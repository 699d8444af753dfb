"""Headings that their authors only set in bold, where a style or a tag would have said so."""

from collections.abc import Iterable, Iterator

from unstructured.documents.elements import Element, ElementMetadata, NarrativeText, Text, Title

_MAX_CHARS = 100
_MAX_WORDS = 14


def promoted(elements: Iterable[Element]) -> Iterator[Element]:
    """Short paragraphs that are bold throughout as titles, one level below the heading above."""
    depth = 0
    for element in elements:
        if isinstance(element, Title):
            depth = (element.metadata.category_depth or 0) + 1
            yield element
        elif type(element) in (Text, NarrativeText) and _reads_as_heading(element):
            metadata = ElementMetadata(
                category_depth=depth, page_number=element.metadata.page_number
            )
            yield Title(element.text, metadata=metadata)
        else:
            yield element


def _reads_as_heading(element: Element) -> bool:
    text = element.text.strip()
    short = len(text) <= _MAX_CHARS and len(text.split()) <= _MAX_WORDS
    return short and not text.endswith((".", ":", ";", ",")) and _is_bold(element)


def _is_bold(element: Element) -> bool:
    contents = element.metadata.emphasized_text_contents or []
    tags = element.metadata.emphasized_text_tags or []
    bold = "".join(part for part, tag in zip(contents, tags, strict=False) if "b" in tag)
    letters = "".join(element.text.split())
    return bool(letters) and "".join(bold.split()) == letters
