"""Counts the cells of a document's tables, so that an empty giant ends early."""

from collections.abc import Iterable, Iterator, Sequence

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.limits import ParsingLimits


class CellCount:
    """One per document; its tables may be many."""

    def __init__(self, limits: ParsingLimits) -> None:
        self._left = self._most = limits.max_cells

    def passed[Row: Sequence[object]](self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows as they are.

        Raises:
            FailedDocumentError: with them, the document has more cells than allowed.
        """
        for row in rows:
            self._left -= len(row)
            if self._left < 0:
                msg = (
                    f"its tables have more than {self._most:,} cells, empty ones included; split it"
                )
                raise FailedDocumentError(msg)
            yield row
