"""Rows of a spreadsheet or a CSV file to tables of chunk size, each with the header on top."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import chain, groupby

from unstructured.documents.elements import Element, ElementMetadata, ListItem, Table, Text

from footnote.parsing import pipe_table

# Characters of a table's rows; with its header, a chunk holds the table whole.
_TABLE_CHARS = 800
# A row that is longer than this with its header's names is written as a record of its own.
_RECORD_CHARS = 1200

_Row = Sequence[str]


def tables(rows: Iterable[_Row], page: int | None = None) -> Iterator[Element]:
    """Lines of one cell as text, then tables under the first row that has more.

    An empty row ends a table; what follows is a new one where it looks like a header, else it goes
    on under the header before.
    """
    header: _Row = ()
    cleaned = ([" ".join(cell.split()) for cell in row] for row in rows)
    for filled, run in groupby(cleaned, any):
        if filled:
            header = yield from _table(run, header, ElementMetadata(page_number=page))


def _table(
    rows: Iterator[list[str]], header: _Row, metadata: ElementMetadata
) -> Generator[Element, None, _Row]:
    """The elements of one run of rows; returns the header under which it stands."""
    first: _Row = ()
    for row in rows:
        if sum(map(bool, row)) > 1:
            first = row
            break
        yield Text(" ".join(filter(None, row)), metadata=metadata)
    if not first:
        return header
    continued = bool(header) and not _is_header(first)
    if not continued:
        header = first
    body = chain([first], rows) if continued else rows
    held = False
    for batch in _batches(body, header):
        held = True
        yield _rendered(header, batch, metadata)
    if not held:
        yield Text(" ".join(filter(None, header)), metadata=metadata)
    return header


def _is_header(row: _Row) -> bool:
    """Names, not numbers."""
    return not any(cell[:1].isdigit() or cell[1:2].isdigit() for cell in row)


def _batches(rows: Iterable[_Row], header: _Row) -> Iterator[list[_Row]]:
    batch: list[_Row] = []
    size = 0
    width = sum(map(len, header))
    for row in rows:
        length = sum(map(len, row))
        if batch and (size + length > _TABLE_CHARS or width + length > _RECORD_CHARS):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += length
    if batch:
        yield batch


def _rendered(header: _Row, batch: list[_Row], metadata: ElementMetadata) -> Element:
    if len(batch) == 1 and sum(map(len, header)) + sum(map(len, batch[0])) > _RECORD_CHARS:
        return ListItem(_record(header, batch[0]), metadata=metadata)
    return Table(pipe_table.of([header, *batch]).markdown(), metadata=metadata)


def _record(header: _Row, row: _Row) -> str:
    names = chain(header, ("" for _ in row))
    pairs = ((name, cell) for name, cell in zip(names, row, strict=False) if cell)
    return "\n".join(f"{name}: {cell}" if name else cell for name, cell in pairs)
