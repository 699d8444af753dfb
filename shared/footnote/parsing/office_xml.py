"""Parts of office files as streams of XML: nothing outside is fetched, no entity is expanded."""

import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

# "Strict" files name the same vocabulary otherwise (ISO/IEC 29500-1 and -4).
_STRICT = re.compile(
    rb"http://purl\.oclc\.org/ooxml/(wordprocessingml|spreadsheetml|presentationml|drawingml"
    rb"|officeDocument)/(main|math|relationships)"
)
_HEAD_BYTES = 65_536
_SAFE = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": True,
    "collect_ids": False,
    "remove_comments": True,
    "remove_pis": True,
}


class _Transitional:
    """A part whose declarations of namespaces, all of them at its head, are in one dialect."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self._head = _STRICT.sub(
            rb"http://schemas.openxmlformats.org/\1/2006/\2", part.read(_HEAD_BYTES)
        )

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head, b""
        return head or self._part.read(size)


def events(
    part: IO[bytes], *tags: str, of: tuple[str, ...] = ("start", "end")
) -> Iterator[tuple[str, Any]]:
    """Starts and ends of these elements; what was read must be cleared by the caller."""
    found: Iterator[tuple[str, Any]] = etree.iterparse(
        _Transitional(part), events=of, tag=tags, **_SAFE
    )
    return found


def ends(archive: zipfile.ZipFile, name: str, *tags: str) -> Iterator[Any]:
    """Each element of a part that may be missing, whole, and cleared after its use."""
    if name not in archive.NameToInfo:
        return
    with archive.open(name) as part:
        for _, element in events(part, *tags, of=("end",)):
            yield element
            free(element)


def root_of(archive: zipfile.ZipFile, name: str) -> Any:
    """A part that is small enough to be held whole; nothing where it is missing."""
    if name not in archive.NameToInfo:
        return None
    options = {name: value for name, value in _SAFE.items() if name != "huge_tree"}
    with archive.open(name) as part:
        return etree.parse(_Transitional(part), etree.XMLParser(**options)).getroot()


def free(element: Any) -> None:
    """Gives back what is read: the element's content and the siblings before it."""
    element.clear()
    parent = element.getparent()
    while (above := element.getprevious()) is not None:
        parent.remove(above)


def is_yes(value: str | None) -> bool:
    """An attribute of XML Schema's type boolean."""
    return value in ("1", "true", "on")
