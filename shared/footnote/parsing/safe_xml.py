"""XML of strangers: no entities of its own, no DTD, no network, bounded depth and text."""

import html
import re
from typing import cast

from lxml import etree

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.decoding import decode

# The declaration stands at the start and is short.
_DECLARED = re.compile(rb"""\A[^>]{0,200}?encoding\s*=\s*["']([\w.-]+)["']""")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_NAMED_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,30};")


def parsed(content: bytes, name: str) -> etree._Element:
    """The root of a file of the format `name`; characters that HTML names by entities are text.

    libxml2's own limits stay on: 256 levels, 10 MB for one text. Other entities are left out.

    Raises:
        FailedDocumentError: it is not well formed, or over a limit of the parser.
    """
    try:
        return _root(content)
    except (etree.XMLSyntaxError, LookupError, ValueError) as first:
        try:
            # A wrong encoding or `&nbsp;` without a DTD is no reason to give up.
            return _root(_mended(content))
        except (etree.XMLSyntaxError, ValueError) as error:
            msg = f"the {name} file holds XML that cannot be read: {_reason(first)}"
            raise FailedDocumentError(msg) from error


def local_name(element: etree._Element) -> str:
    """The tag without its namespace."""
    return str(etree.QName(element.tag).localname)


def text_of(element: etree._Element) -> str:
    """All text within it, as it is written."""
    return "".join(element.itertext())


def _root(content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = cast("etree._Element", etree.fromstring(content, parser))
    for entity in list(root.iter(etree.Entity)):
        _resolve(entity)
    return root


def _resolve(entity: etree._Element) -> None:
    """Puts the character in the entity's place; one that the file defines itself is left out."""
    parent, before = entity.getparent(), entity.getprevious()
    text = _character(entity.text or "") + (entity.tail or "")
    if before is not None:
        before.tail = (before.tail or "") + text
    elif parent is not None:
        parent.text = (parent.text or "") + text
    if parent is not None:
        parent.remove(entity)


def _character(reference: str) -> str:
    shown = html.unescape(reference)
    return "" if shown.startswith("&") else shown


def _mended(content: bytes) -> bytes:
    declared = _DECLARED.match(content)
    encoding = declared.group(1).decode().lower() if declared else None
    # What says that it is UTF-8 and is not was written by a program that never asked.
    text = decode(content, None if encoding == "utf-8" else encoding)
    text = _DECLARATION.sub("", text).lstrip("\ufeff \t\n")
    return _NAMED_ENTITY.sub(lambda found: html.unescape(found.group()), text).encode()


def _reason(error: Exception) -> str:
    """The parser's own words, without its advice to take off the limits."""
    return re.split(r", (?:use|try) XML_PARSE_HUGE| \(<string>", str(error))[0]
