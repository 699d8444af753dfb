"""The parts of a deck: which slides follow each other, their layouts, and their notes."""

import posixpath
import zipfile
from typing import Any

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.office_xml import ends, root_of

MAIN_PART = "ppt/presentation.xml"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

# A placeholder's kind and number, which its layout has as well.
Key = tuple[str, str]
Place = tuple[int, int]


class Deck:
    """Layouts are read once, however many slides stand on them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._places: dict[str, dict[Key, Place]] = {}

    def slides(self) -> list[str]:
        """The parts of the slides, hidden ones too: what is left out of a talk is still said.

        Raises:
            FailedDocumentError: one of them is not in the file.
        """
        targets = self._related(MAIN_PART, "slide")
        listed = [slide.get(f"{_R}id") for slide in ends(self._archive, MAIN_PART, f"{P}sldId")]
        parts = [targets.get(key, "") for key in listed]
        for number, part in enumerate(parts, start=1):
            if part not in self._archive.NameToInfo:
                msg = f"the PPTX file is damaged: its slide {number} is missing"
                raise FailedDocumentError(msg)
        return parts

    def shapes(self, part: str) -> Any:
        """The tree of a slide's shapes; nothing where it has none."""
        root = root_of(self._archive, part)
        return None if root is None else root.find(f"{P}cSld/{P}spTree")

    def notes(self, slide: str) -> Any:
        """The tree of shapes of the slide's notes."""
        return next(map(self.shapes, self._related(slide, "notesSlide").values()), None)

    def places(self, slide: str) -> dict[Key, Place]:
        """Where the placeholders stand that do not say so on the slide itself."""
        layout = next(iter(self._related(slide, "slideLayout").values()), "")
        if layout not in self._places:
            master = next(iter(self._related(layout, "slideMaster").values()), "")
            self._places[layout] = self._own_places(master) | self._own_places(layout)
        return self._places[layout]

    def _own_places(self, part: str) -> dict[Key, Place]:
        tree = self.shapes(part)
        found = {} if tree is None else {key_of(shape): place_of(shape) for shape in tree}
        return {key: place for key, place in found.items() if key and place}

    def _related(self, part: str, kind: str) -> dict[str | None, str]:
        folder, name = posixpath.split(part)
        return {
            relation.get("Id"): _resolved(folder, relation.get("Target") or "")
            for relation in ends(self._archive, f"{folder}/_rels/{name}.rels", _RELATION)
            if (relation.get("Type") or "").endswith(f"/{kind}")
        }


def key_of(shape: Any) -> Key | None:
    """Nothing for a shape that is no placeholder; titles have one kind, whatever their slide's."""
    holder = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
    if holder is None:
        return None
    kind = holder.get("type", "body")
    return ("title", "") if kind in ("title", "ctrTitle") else (kind, holder.get("idx", "0"))


def place_of(shape: Any) -> Place | None:
    """From the top and from the left, in the file's units."""
    for path in (f"{P}spPr/{A}xfrm/{A}off", f"{P}xfrm/{A}off", f"{P}grpSpPr/{A}xfrm/{A}off"):
        offset = shape.find(path)
        if offset is not None:
            return _number(offset.get("y")), _number(offset.get("x"))
    return None


def _number(text: str | None) -> int:
    return int(text) if text and text.lstrip("-").isdecimal() else 0


def _resolved(folder: str, target: str) -> str:
    return (
        target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
    )
