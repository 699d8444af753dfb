"""Zip archives as no program would write them, and small office files made of their parts."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tests.builders import pptx

SENTENCE = "The quiet sentence between the traps."
_DEFLATED, _ENCRYPTED_FLAG, _UTF8_FLAG = 8, 0x1, 0x800
_MEGABYTE = 2**20
_CONTENT_TYPES = "[Content_Types].xml"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry; `size` and `packed` need not tell the truth."""

    name: str
    packed: bytes
    size: int
    crc: int = 0
    flags: int = 0


def entry(name: str, content: bytes, *, flags: int = 0) -> Entry:
    """An honest entry."""
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = squeeze.compress(content) + squeeze.flush()
    return Entry(name=name, packed=packed, size=len(content), crc=zlib.crc32(content), flags=flags)


def bomb(name: str, megabytes: int, *, claimed: int | None = None) -> Entry:
    """Blanks, packed a thousand to one; `claimed` is what the directory says instead."""
    block = b" " * _MEGABYTE
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    repeated = squeeze.compress(block) + squeeze.flush(zlib.Z_FULL_FLUSH)
    crc = 0
    for _ in range(megabytes):
        crc = zlib.crc32(block, crc)
    size = megabytes * _MEGABYTE if claimed is None else claimed
    packed = repeated * megabytes + zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    return Entry(name=name, packed=packed, size=size, crc=crc)


def zip_of(*entries: Entry, overlapping: bool = False) -> bytes:
    """The archive; `overlapping` entries all stand where the first one does."""
    body, directory = bytearray(), bytearray()
    for each in entries:
        at = 0 if overlapping else len(body)
        name = each.name.encode()
        head = struct.pack(
            "<5H3I2H",
            20, each.flags | _UTF8_FLAG, _DEFLATED, 0, 0x21,
            each.crc, len(each.packed), each.size, len(name), 0,
        )  # fmt: skip
        if at == len(body):
            body += b"PK\3\4" + head + name + each.packed
        directory += b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<3H2I", 0, 0, 0, 0, at)
        directory += name
    count = min(len(entries), 0xFFFF)
    end = struct.pack("<4H2IH", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory) + b"PK\5\6" + end


def parts_zip(parts: Mapping[str, bytes], *more: Entry, flags: int = 0) -> bytes:
    """Honest parts, then entries of any kind."""
    return zip_of(*(entry(name, part, flags=flags) for name, part in parts.items()), *more)


def docx_parts(body: str = "", *, prolog: str = "") -> dict[str, bytes]:
    """A DOCX of one sentence, then `body` as markup."""
    text = f"<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>{body}"
    document = f"{prolog}<w:document {W}><w:body>{text}</w:body></w:document>"
    kind = f"{_OFFICE}.wordprocessingml.document.main+xml"
    return _office("word/document.xml", kind, document)


def xlsx_parts(rows: str = "", *, after: str = "", prolog: str = "") -> dict[str, bytes]:
    """An XLSX of one sheet: a sentence, then rows and further markup."""
    first = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{SENTENCE}</t></is></c></row>'
    book = (
        f'<workbook {S} xmlns:r="{_RELATIONS}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    sheet = f"{prolog}<worksheet {S}><sheetData>{first}{rows}</sheetData>{after}</worksheet>"
    link = f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/s.xml"/>'
    return _office("xl/workbook.xml", f"{_OFFICE}.spreadsheetml.sheet.main+xml", book) | {
        "xl/worksheets/s.xml": sheet.encode(),
        "xl/_rels/workbook.xml.rels": _relationships(link),
    }


@cache
def pptx_parts() -> dict[str, bytes]:
    """A PPTX of one slide."""
    with zipfile.ZipFile(io.BytesIO(pptx(("Deck", SENTENCE)))) as deck:
        return {name: deck.read(name) for name in deck.namelist()}


def odt_parts(body: str = "", *, prolog: str = "", manifest: str = "") -> dict[str, bytes]:
    """An ODT of one sentence."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'{prolog}<office:document-content xmlns:office="{office}:office:1.0" '
        f'xmlns:text="{office}:text:1.0" office:version="1.2"><office:body><office:text>'
        f"<text:p>{SENTENCE}{body}</text:p>"
        "</office:text></office:body></office:document-content>"
    )
    listed = (
        f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.text"/>'
        f'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
        f"{manifest}</manifest:file-entry></manifest:manifest>"
    )
    return {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": content.encode(),
        "META-INF/manifest.xml": listed.encode(),
    }


def epub_parts(body: str = "", *, prolog: str = "", path: str = "c.xhtml") -> dict[str, bytes]:
    """An EPUB of one chapter, which the package file names by `path`."""
    container = (
        '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="b.opf" '
        'media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Book</dc:title></metadata>'
        f'<manifest><item id="c" href="{path}" media-type="application/xhtml+xml"/>'
        '<item id="d" href="c.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="c"/><itemref idref="d"/></spine></package>'
    )
    chapter = (
        f'{prolog}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>C</title></head>'
        f"<body><p>{SENTENCE}{body}</p></body></html>"
    )
    return {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": container.encode(),
        "b.opf": package.encode(),
        "c.xhtml": chapter.encode(),
    }


def padded(parts: dict[str, bytes]) -> dict[str, bytes]:
    """With what does not pack well, so that the ratio is not what ends it."""
    noise = b"".join((number * 2_654_435_761 % 2**32).to_bytes(4) for number in range(100_000))
    return parts | {"media/noise.bin": noise}


def encrypted_office() -> bytes:
    """What Word leaves of a DOCX with a password: an OLE container with the package inside."""
    names = "EncryptionInfo\0EncryptedPackage\0".encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names + bytes(range(256)) * 16


def _office(main: str, kind: str, content: str) -> dict[str, bytes]:
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        f'<Override PartName="/{main}" ContentType="{kind}"/>'
        '<Override PartName="/xl/worksheets/s.xml" '
        f'ContentType="{_OFFICE}.spreadsheetml.worksheet+xml"/></Types>'
    )
    link = f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="{main}"/>'
    return {
        _CONTENT_TYPES: types.encode(),
        "_rels/.rels": _relationships(link),
        main: content.encode(),
    }


def _relationships(links: str) -> bytes:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'.encode()
