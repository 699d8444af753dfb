"""Bytes to a document's elements: the name picks the reader, the content must fit the name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath
from typing import cast

from footnote.domain.element import Element, ElementKind, PartitionedDocument
from footnote.domain.errors import DocumentError, FailedDocumentError, SkippedDocumentError
from footnote.parsing.convert import clean_title, converted
from footnote.parsing.limits import MEGABYTE, ParsingLimits
from footnote.parsing.reading import Reader, Reading, not_of


@dataclass(frozen=True, slots=True)
class _Format:
    """A format, the module that reads it, and the endings of its files' names."""

    name: str
    module: str
    extensions: tuple[str, ...]


_FORMATS = (
    _Format("Markdown", "markdown_file", ("md", "markdown")),
    _Format("MDX", "mdx", ("mdx",)),
    _Format("reStructuredText", "restructured_text", ("rst",)),
    _Format("Org", "org", ("org",)),
    _Format("text", "plain_text", ("txt", "text", "log")),
    _Format("HTML", "html_page", ("html", "htm", "xhtml")),
    _Format("XML", "xml_file", ("xml",)),
    _Format("JSON", "json_file", ("json", "jsonl", "ndjson")),
    _Format("notebook", "notebook", ("ipynb",)),
    _Format("PDF", "pdf", ("pdf",)),
    _Format("DOCX", "word", ("docx",)),
    _Format("ODT", "open_document", ("odt",)),
    _Format("RTF", "rich_text", ("rtf",)),
    _Format("EPUB", "epub", ("epub",)),
    _Format("PPTX", "slides", ("pptx",)),
    _Format("XLSX", "workbook", ("xlsx",)),
    _Format("CSV", "delimited", ("csv", "tsv")),
    _Format("EML", "mail", ("eml",)),
    _Format("image", "image", ("png", "jpg", "jpeg", "tif", "tiff", "bmp", "gif", "webp")),
)
_BY_EXTENSION = {extension: form for form in _FORMATS for extension in form.extensions}
_OLD_OFFICE = {"doc": "docx", "dot": "docx", "xls": "xlsx", "ppt": "pptx"}
_PHOTOGRAPHS = {"heic": "jpg", "heif": "jpg", "avif": "jpg"}
_SAVE_AS = _OLD_OFFICE | _PHOTOGRAPHS | {"msg": "eml"}
_BLANK = b" \t\r\n\f\v\x00\xef\xbb\xbf\xff\xfe"
# Readers of PDF look for its signature in the first kilobyte.
_SIGNATURE_BYTES = 1_024
_TEXT_FORMATS = frozenset(
    {"Markdown", "MDX", "reStructuredText", "Org", "text", "HTML", "XML", "JSON", "notebook", "RTF",
     "CSV", "EML"}
)  # fmt: skip
# Files of other kinds that are met under a text's name.
_BINARY_SIGNATURES = (
    b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\xd0\xcf\x11\xe0"
)  # fmt: skip


def partition(content: bytes, filename: str, limits: ParsingLimits) -> PartitionedDocument:
    """The elements of a file in reading order.

    Raises:
        SkippedDocumentError: the format is not supported, or the file is empty.
        FailedDocumentError: it is damaged, encrypted, too large, of another kind, or has no text.
    """
    form = format_of(filename)
    _check_content(content, form, limits)
    reading, elements = _reading(form, content, limits)
    _check_text(elements, form)
    return PartitionedDocument(elements=elements, title=_title(reading, elements))


def format_of(filename: str) -> _Format:
    """The format by the name's ending.

    Raises:
        SkippedDocumentError: there is no reader for it.
    """
    extension = PurePosixPath(filename).suffix.lower().lstrip(".")
    if form := _BY_EXTENSION.get(extension):
        return form
    name = f".{extension}" if extension else "a file without an ending"
    msg = f"{name} is not supported; supported are {', '.join(sorted(_BY_EXTENSION))}"
    if extension in _SAVE_AS:
        msg = f".{extension} is not supported; save it as .{_SAVE_AS[extension]}"
    raise SkippedDocumentError(msg)


def reader_of(form: _Format) -> Reader:
    """The reader of a format, imported at its first use: some take a second."""
    return cast("Reader", import_module(f"footnote.parsing.readers.{form.module}").read)


def _check_content(content: bytes, form: _Format, limits: ParsingLimits) -> None:
    if not content.strip(_BLANK):
        msg = "the file is empty"
        raise SkippedDocumentError(msg)
    if len(content) > limits.max_bytes:
        msg = f"the file is larger than {limits.max_bytes // MEGABYTE} MB; split it"
        raise FailedDocumentError(msg)
    if form.name in _TEXT_FORMATS and content.startswith(_BINARY_SIGNATURES):
        raise FailedDocumentError(not_of(form.name))
    if form.name == "PDF" and b"%PDF-" not in content[:_SIGNATURE_BYTES]:
        raise FailedDocumentError(not_of(form.name))


def _reading(
    form: _Format, content: bytes, limits: ParsingLimits
) -> tuple[Reading, tuple[Element, ...]]:
    """What the reader makes of it; most of them read on while their elements are gone through."""
    read = reader_of(form)
    try:
        reading = read(content, limits)
        return reading, tuple(_bounded(converted(reading.elements), limits))
    except (DocumentError, MemoryError):
        raise
    except RecursionError as error:
        msg = f"the {form.name} file is nested too deeply; split it or flatten it"
        raise FailedDocumentError(msg) from error
    except Exception as error:
        what = f"the {form.name} file is damaged ({type(error).__name__})"
        msg = f"{what}; upload it again, or save it anew"
        raise FailedDocumentError(msg) from error


def _bounded(elements: Iterable[Element], limits: ParsingLimits) -> Iterator[Element]:
    """Gives up as soon as there is more than is kept, before it fills the memory."""
    held = 0
    for count, element in enumerate(elements, start=1):
        held += len(element.text)
        if count > limits.max_elements:
            what = f"more than {limits.max_elements:,} paragraphs, cells or list items"
            msg = f"the file has {what}; split it"
            raise FailedDocumentError(msg)
        if held > limits.max_text_chars:
            msg = f"the file holds more than {limits.max_text_chars:,} characters of text; split it"
            raise FailedDocumentError(msg)
        yield element


def _check_text(elements: tuple[Element, ...], form: _Format) -> None:
    if not elements:
        msg = f"no text was found in the {form.name} file"
        raise FailedDocumentError(msg)


def _title(reading: Reading, elements: tuple[Element, ...]) -> str | None:
    headings = (element.text for element in elements if element.kind is ElementKind.TITLE)
    heading = next(headings, None) if reading.headings_may_name_it else None
    return clean_title(reading.title) or heading
