"""Office files are zip archives: looked into before anything unpacks them."""

import html
import io
import re
import zipfile

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.limits import MEGABYTE, ParsingLimits
from footnote.parsing.reading import not_of

_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_FLAG = 0x1
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_TITLE = re.compile(rb"<dc:title(?:\s[^>]*)?>([^<]{1,1000})</dc:title>")
_MAX_PROPERTIES_BYTES = 100_000
# What programs write where nobody gave a title.
_NO_TITLE = re.compile(
    r"(?:untitled(?: document)?|unknown|microsoft word.*|word document"
    r"|powerpoint[- ]?pr[eä]sentation|presentation\d*"
    r"|slide \d+|title|document\d*|.*\.(?:docx?|pptx?|xlsx?|odt|epub|rtf))",
    re.IGNORECASE,
)


def check_archive(content: bytes, name: str, main_part: str, limits: ParsingLimits) -> None:
    """Refuses what is not the office file that its name says, and what unpacks to too much.

    The sizes are those in the archive's directory; `zipfile` reads no entry beyond its size there.

    Raises:
        FailedDocumentError: it is encrypted, no archive, another format, or a zip bomb.
    """
    if content.startswith(_OLE_SIGNATURE):
        encrypted = _ENCRYPTED_STREAM in content
        msg = _encrypted(name) if encrypted else not_of(name)
        raise FailedDocumentError(msg)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        broken = content.startswith(b"PK")
        msg = (
            f"the {name} file is damaged; upload it again, or save it anew"
            if broken
            else not_of(name)
        )
        raise FailedDocumentError(msg) from error
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise FailedDocumentError(_encrypted(name))
    if main_part not in {entry.filename for entry in entries}:
        raise FailedDocumentError(not_of(name))
    _check_sizes(entries, len(content), limits)


def core_title(content: bytes) -> str | None:
    """The title in an office file's properties, unless a program made it up."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "docProps/core.xml" not in archive.namelist():
            return None
        with archive.open("docProps/core.xml") as properties:
            found = _TITLE.search(properties.read(_MAX_PROPERTIES_BYTES))
    return given_title(html.unescape(found.group(1).decode(errors="replace")) if found else None)


def given_title(text: str | None) -> str | None:
    """The title in a file's properties, unless a program made it up."""
    title = (text or "").strip()
    return title if title and not _NO_TITLE.fullmatch(title) else None


def _encrypted(name: str) -> str:
    return f"the {name} file is encrypted; save a copy without a password"


def _check_sizes(entries: list[zipfile.ZipInfo], packed: int, limits: ParsingLimits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > limits.max_zip_entries:
        msg = f"the file holds more than {limits.max_zip_entries:,} parts; split it"
        raise FailedDocumentError(msg)
    if unpacked > limits.max_unpacked_bytes:
        msg = f"the file unpacks to more than {limits.max_unpacked_bytes // MEGABYTE} MB; split it"
        raise FailedDocumentError(msg)
    if unpacked > limits.max_zip_ratio * packed:
        msg = (
            f"the file unpacks to more than {limits.max_zip_ratio:.0f} times its size; save it anew"
        )
        raise FailedDocumentError(msg)
