"""What the forms of others make of citations: where the markers stand, and what they link to."""

import re
from collections.abc import Container
from dataclasses import dataclass

MARKER = re.compile(r" \[(\d+)\]")
_MARKERS = re.compile(rf"(?:{MARKER.pattern})+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Markers:
    """Markers that stand together at `start`..`end` of an answer, behind what they support."""

    start: int
    end: int
    numbers: tuple[int, ...]


def markers_in(answer: str, known: Container[int]) -> list[Markers]:
    """Those that are citations; other brackets are text of the document."""
    found = []
    for match in _MARKERS.finditer(answer):
        numbers = tuple(int(number) for number in MARKER.findall(match[0]))
        if all(number in known for number in numbers):
            found.append(Markers(start=match.start(), end=match.end(), numbers=numbers))
    return found


def address_of(url: str | None, document_id: str) -> str:
    """Where a document is on the web, or, where nobody said that, what it is called here."""
    return url or f"urn:footnote:{document_id}"
