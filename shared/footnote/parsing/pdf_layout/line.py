"""A line of text on a PDF page: where it stands and in which type it is set."""

import re
from dataclasses import dataclass

_FIGURE = re.compile(
    r"[$€£¥]?[(\[]?[-\u2013+]?[$€£¥]?\d[\d.,]*[)\]]?%?[)\]]?|[$€£¥%\u2014\u2013-]|N/?[AM]|\*+"
)
_DASHES = ("\u2014", "\u2013", "-")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Type size in points, rounded to halves, and weight; `bold` holds for the whole line."""

    size: float
    bold: bool
    italic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Coordinates are points from the page's lower left corner; pages count from 1."""

    text: str
    page: int
    page_width: float
    left: float
    right: float
    bottom: float
    top: float
    style: Style

    @property
    def height(self) -> float:
        """At least a point, so that it can divide."""
        return max(self.top - self.bottom, 1.0)

    @property
    def share_of_width(self) -> float:
        """How much of the page's width the line takes, 0 to 1."""
        return (self.right - self.left) / self.page_width

    def gap_to(self, below: "Line") -> float:
        """White space down to the next line; negative where that stands beside or above."""
        return self.bottom - below.top

    def beside(self, other: "Line") -> bool:
        """Whether the other one continues this line to the right, on the same height."""
        overlap = min(self.top, other.top) - max(self.bottom, other.bottom)
        level = overlap >= 0.5 * min(self.height, other.height)
        return self.page == other.page and level and other.left >= self.right - 1.0


def figures_at_end(text: str) -> int:
    """How many numbers, or signs that stand for one, close the line: its cells in a table."""
    count = 0
    for word in reversed(text.split()):
        if not _FIGURE.fullmatch(word):
            break
        count += bool(_DIGIT.search(word)) or word in _DASHES or word[0] in "N*"
    return count
