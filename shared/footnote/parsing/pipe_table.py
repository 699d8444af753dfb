"""Tables as Markdown with pipes: the one form in which chunks hold them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rows:
    """A table's cells, row by row; rows may be of different lengths."""

    cells: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> int:
        """The length of the longest row."""
        return max((len(row) for row in self.cells), default=0)

    def markdown(self) -> str:
        """The first row as header, a delimiter row, and the rest."""
        if not self.cells:
            return ""
        columns = self.columns
        header, *body = (_line(row, columns) for row in self.cells)
        delimiter = "|" + " --- |" * columns
        return "\n".join([header, delimiter, *body])

    def lines(self) -> str:
        """One line per row, without any frame."""
        return "\n".join(" ".join(row) for row in self.cells if any(row))


def of(rows: Sequence[Sequence[str]]) -> Rows:
    """Cells on one line each, without empty rows and without columns that are empty throughout."""
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in cells if any(row)]
    if not filled:
        return Rows(())
    if all(filled[0]) and len(filled[0]) >= max(map(len, filled)):
        return Rows(tuple(map(tuple, filled)))  # as nearly all are: every column has a name
    used = sorted({index for row in filled for index, cell in enumerate(row) if cell})
    return Rows(tuple(tuple(row[index] for index in used if index < len(row)) for row in filled))


def _line(row: Sequence[str], columns: int) -> str:
    line = "\n".join([*row, *[""] * (columns - len(row))])
    return f"| {line.replace('|', '\\|').replace('\n', ' | ')} |"


def from_html(html: str) -> Rows:
    """The cells of a `<table>`; a cell that spans columns stands in the first of them."""
    from lxml import etree

    root = etree.fromstring(html, etree.HTMLParser(remove_comments=True, huge_tree=True))
    if root is None:
        return Rows(())
    return of(
        [
            ["".join(cell.itertext()) for cell in row.iterchildren("td", "th")]
            for row in root.iter("tr")
        ]
    )
