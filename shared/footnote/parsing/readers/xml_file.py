"""XML to text: running text by its blocks, records by the names of their elements."""

import re
from itertools import islice

from lxml import etree

from footnote.domain.errors import FailedDocumentError
from footnote.parsing import xml_prose
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.nested_records import Record, Value, elements
from footnote.parsing.readers import html_page
from footnote.parsing.reading import Reading
from footnote.parsing.safe_xml import local_name, parsed, text_of

_TITLES = ("title", "name", "headline")
# Attributes that say how it is set or linked, not what it is about.
_QUIET_ATTRIBUTES = frozenset(("id", "class", "style", "lang", "space", "schemaLocation", "base"))
# Feeds carry pages as text.
_MARKUP = re.compile(r"</(?:p|div|li|a|table|ul|ol|h[1-6]|b|strong|em)>|<(?:br|p|hr)\s*/?>")


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """A page where it is one, else text with its headings, else names and values."""
    root = parsed(content, "XML")
    if local_name(root) == "html":
        return html_page.read(content, limits)
    if xml_prose.is_prose(root):
        return Reading(elements=xml_prose.blocks(root), title=xml_prose.title_of(root))
    value = _value(root, limits, limits.max_nesting)
    return Reading(
        elements=elements(value, limits.max_nesting),
        title=_title(value),
        headings_may_name_it=False,
    )


def _title(value: Value) -> str | None:
    """What the root is called, or else the first record in it, as the channel of a feed."""
    if not isinstance(value, Record):
        return None
    inner = (found for _, found in value.members if isinstance(found, Record))
    places = [value, *islice(inner, 1)]
    return next((text for place in places for name in _TITLES if (text := place.text(name))), None)


def _value(element: etree._Element, limits: ParsingLimits, levels: int) -> Value:
    """Attributes and children under their names; children of one name are a list."""
    if not levels:
        msg = "the elements nest too deeply to be read; split the file or flatten it"
        raise FailedDocumentError(msg)
    text = _shown(text_of(element).strip(), limits) if not len(element) else ""
    members: dict[str, list[Value]] = {}
    for key, value in element.attrib.items():
        name = etree.QName(key).localname
        if name not in _QUIET_ATTRIBUTES:
            members.setdefault(name, []).append(str(value))
    for child in element:
        # One that holds nothing says nothing.
        if (value := _value(child, limits, levels - 1)) != "":
            members.setdefault(local_name(child), []).append(value)
    if not members:
        return text
    if text:
        members.setdefault("text", []).append(text)
    return Record(
        tuple((name, found if len(found) > 1 else found[0]) for name, found in members.items())
    )


def _shown(text: str, limits: ParsingLimits) -> str:
    if not _MARKUP.search(text):
        return text
    found = (element.text for element in html_page.read_text(text, limits).elements)
    return "\n".join(found)
