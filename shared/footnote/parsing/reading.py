"""What a reader of one format returns, and how the readers are called."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unstructured.documents.elements import Element

    from footnote.parsing.limits import ParsingLimits


def not_of(name: str) -> str:
    """What is said of a file that is not in the format, so called, that its ending tells."""
    return f"not a {name} file although its name says so; give it the ending of what it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as Unstructured elements, to be gone through once, and the title it gives itself.

    Where it gives none, its first heading is taken; `headings_may_name_it` is false where that is
    the name of a key or of a sheet, so that the file's own name says more.
    """

    elements: "Iterable[Element]"
    title: str | None = None
    headings_may_name_it: bool = True


class Reader(Protocol):
    """Reads the bytes of one format."""

    def __call__(self, content: bytes, limits: "ParsingLimits") -> Reading:
        """Raises FailedDocumentError with a reason that a person understands."""
