"""EPUB books: the chapters in the order of the spine, each read as the web page that it is."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from itertools import chain
from urllib.parse import unquote

from lxml import etree
from unstructured.documents.elements import Element, Text

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.archive import check_archive, given_title
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.readers import html_page
from footnote.parsing.reading import Reading
from footnote.parsing.safe_xml import parsed

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_DC = "{http://purl.org/dc/elements/1.1/}"
_MARKUP = re.compile(r"<[^<>]{0,500}>")
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
# Fonts may be scrambled in a book that anybody can read (EPUB 3.3, "Font obfuscation").
_OF_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_ENCRYPTED_FLAG = 1


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """The text of all chapters; the table of contents that readers' programs show is left out."""
    check_archive(content, "EPUB", _CONTAINER, limits)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        _check_readable(book)
        path = _package_path(book)
        package = parsed(book.read(path), "EPUB")
    chapters = _chapters(content, package, posixpath.dirname(path), limits)
    title = given_title(package.findtext(f".//{_DC}title"))
    return Reading(elements=chain(_about(package), chapters), title=title)


def _about(package: etree._Element) -> Iterator[Element]:
    """Who wrote it and what it says of itself; shops put markup into the latter."""
    creators = (creator.text or "" for creator in package.iter(f"{_DC}creator"))
    if names := ", ".join(filter(None, map(str.strip, creators))):
        yield Text(f"Author: {names}")
    description = _MARKUP.sub(" ", package.findtext(f".//{_DC}description") or "")
    if description.strip():
        yield Text(" ".join(description.split()))


def _check_readable(book: zipfile.ZipFile) -> None:
    locked = any(entry.flag_bits & _ENCRYPTED_FLAG for entry in book.infolist())
    if _ENCRYPTION in book.namelist():
        root = parsed(book.read(_ENCRYPTION), "EPUB")
        methods = {method.get("Algorithm") for method in root.iterfind(".//{*}EncryptionMethod")}
        locked = locked or bool(methods - set(_OF_FONTS))
    if locked:
        msg = "the EPUB file is encrypted; upload a copy without copy protection"
        raise FailedDocumentError(msg)


def _package_path(book: zipfile.ZipFile) -> str:
    root = parsed(book.read(_CONTAINER), "EPUB").find(".//{*}rootfile")
    path = "" if root is None else unquote(root.get("full-path", ""))
    if path not in book.namelist():
        msg = "the EPUB file is damaged: it has no list of its chapters"
        raise FailedDocumentError(msg)
    return path


def _chapters(
    content: bytes, package: etree._Element, folder: str, limits: ParsingLimits
) -> Iterator[Element]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = set(book.namelist())
        for reference in _references(package):
            path = posixpath.normpath(posixpath.join(folder, reference))
            if path not in names:
                msg = f"the EPUB file is damaged: its chapter {path} is missing"
                raise FailedDocumentError(msg)
            page = book.read(path)
            if page.strip():
                yield from html_page.read(page, limits).elements


def _references(package: etree._Element) -> Iterator[str]:
    """Where the chapters are, in the order in which they are to be read; each counts once."""
    items = {item.get("id"): item for item in package.iterfind(".//{*}manifest/{*}item")}
    for reference in package.iterfind(".//{*}spine/{*}itemref"):
        item = items.pop(reference.get("idref"), None)
        if item is not None and _is_chapter(item):
            yield unquote(item.get("href", ""))


def _is_chapter(item: etree._Element) -> bool:
    navigation = "nav" in (item.get("properties") or "").split()
    return item.get("media-type") in _PAGES and not navigation
