"""What a reader of one format returns, and how the readers are called."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unstructured.documents.elements import Element

    from footnote.parsing.limits import ParsingLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as Unstructured elements, to be gone through once, and the title it gives itself."""

    elements: "Iterable[Element]"
    title: str | None = None


class Reader(Protocol):
    """Reads the bytes of one format."""

    def __call__(self, content: bytes, limits: "ParsingLimits") -> Reading:
        """Raises FailedDocumentError with a reason that a person understands."""
