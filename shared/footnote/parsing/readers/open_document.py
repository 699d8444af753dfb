"""ODT (OpenDocument text), as LibreOffice writes it: content.xml in reading order."""

import io
import zipfile

from unstructured.documents.elements import CodeSnippet, Element

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.archive import check_archive, given_title
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.open_document_body import OFFICE, Body, styles_of
from footnote.parsing.reading import Reading
from footnote.parsing.safe_xml import parsed

_MANIFEST = "META-INF/manifest.xml"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_ENCRYPTED_FLAG = 1


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """Headings with their outline levels, paragraphs, lists, tables and notes."""
    check_archive(content, "ODT", "content.xml", limits)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_readable(archive)
        root = parsed(archive.read("content.xml"), "ODT")
        title = _title(archive)
    text = root.find(f"{OFFICE}body/{OFFICE}text")
    if text is None:
        msg = "not an ODT file although its name says so"
        raise FailedDocumentError(msg)
    return Reading(elements=_merged(Body(styles_of(root)).blocks(text)), title=title)


def _check_readable(archive: zipfile.ZipFile) -> None:
    """An encrypted part has its key's data in the manifest (OpenDocument 1.3, part 2, 3.4)."""
    locked = any(entry.flag_bits & _ENCRYPTED_FLAG for entry in archive.infolist())
    if not locked and _MANIFEST in archive.namelist():
        manifest = parsed(archive.read(_MANIFEST), "ODT")
        locked = next(manifest.iter("{*}encryption-data"), None) is not None
    if locked:
        msg = "the ODT file is encrypted; save a copy without a password"
        raise FailedDocumentError(msg)


def _title(archive: zipfile.ZipFile) -> str | None:
    if "meta.xml" not in archive.namelist():
        return None
    return given_title(parsed(archive.read("meta.xml"), "ODT").findtext(f".//{_TITLE}"))


def _merged(elements: list[Element]) -> list[Element]:
    """Lines of code, each a paragraph to the program, are one block."""
    merged: list[Element] = []
    for element in elements:
        last = merged[-1] if merged else None
        if isinstance(element, CodeSnippet) and isinstance(last, CodeSnippet):
            merged[-1] = CodeSnippet(f"{last.text}\n{element.text}")
        else:
            merged.append(element)
    return merged
