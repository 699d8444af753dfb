"""Names and values, however deep, to readable text: paths as headings, like records as tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from unstructured.documents.elements import Element, ElementMetadata, ListItem, Text, Title

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.row_tables import tables

type Scalar = str | bool | None
type Value = Scalar | Record | list[Value]


@dataclass(frozen=True, slots=True)
class Record:
    """Names with their values in the file's order; a name may come twice."""

    members: tuple[tuple[str, Value], ...]

    def text(self, name: str) -> str | None:
        """The first text of that name, if there is one."""
        return next((v for n, v in self.members if n == name and isinstance(v, str) and v), None)


# What records call the thing that they are about, the most telling first.
_LABELS = ("title", "name", "label", "headline", "question", "subject", "id", "key")
_LABEL_CHARS = 120
# Characters of a list of words that is written on its name's line.
_INLINE_CHARS = 200
# Characters of a cell above which a table is harder to read than one record after the other.
_CELL_CHARS = 250
_MAX_COLUMNS = 40
# Of a table's cells, so many must hold something: else the records are of different kinds.
_MIN_FILLED = 0.4
_FLATTENED_LEVELS = 2
_WORD_CHARS = 40
_BLOCK_CHARS = 800


def elements(value: Value, max_depth: int, depth: int = 0, name: str = "item") -> Iterator[Element]:
    """The value's text in order, except that a record's single values come before its sections.

    Raises:
        FailedDocumentError: it nests deeper than `max_depth`.
    """
    if depth > max_depth:
        msg = f"the values nest more than {max_depth} levels deep; split the file or flatten it"
        raise FailedDocumentError(msg)
    if isinstance(value, Record):
        yield from _record(value, max_depth, depth)
    elif isinstance(value, list):
        yield from _items(value, max_depth, depth, name)
    else:
        yield Text(_shown(value))


def _record(record: Record, max_depth: int, depth: int) -> Iterator[Element]:
    lines = [(name, _line(value)) for name, value in record.members]
    yield from _blocks([_named(name, line) for name, line in lines if line is not None])
    for name, value in record.members:
        if _line(value) is None:
            yield _title(name, depth)
            yield from elements(value, max_depth, depth + 1, name)


def _items(items: list[Value], max_depth: int, depth: int, name: str) -> Iterator[Element]:
    if words := _scalars(items):
        yield from _list(words)
    elif rows := _rows(items):
        yield from tables(rows)
    else:
        for number, item in enumerate(items, start=1):
            if isinstance(item, Record):
                yield _title(_label(item) or f"{name} {number}", depth)
            yield from elements(item, max_depth, depth + 1, name)


def _list(words: Sequence[str]) -> Iterator[Element]:
    """Sentences are items of a list; numbers and words go on in lines."""
    if all(len(word) <= _WORD_CHARS for word in words):
        for block in _batches([f"{word}," for word in words[:-1]] + [words[-1]], separator=" "):
            yield Text(block)
    else:
        yield from (ListItem(word) for word in words if word.strip())


def _line(value: Value) -> str | None:
    """The value on its name's line, or nothing where it needs room of its own."""
    if isinstance(value, Record):
        return None if value.members else "{}"
    if isinstance(value, list):
        words = _scalars(value)
        if words and any(len(word) > _WORD_CHARS for word in words):
            return None
        line = ", ".join(words or ())
        return (line if words and len(line) <= _INLINE_CHARS else None) if value else "[]"
    return _shown(value)


def _named(name: str, text: str) -> str:
    return f"{name}:\n{text}" if "\n" in text else f"{name}: {text}"


def _blocks(lines: list[str]) -> Iterator[Element]:
    return (Text(block) for block in _batches(lines, separator="\n"))


def _batches(pieces: Sequence[str], separator: str) -> Iterator[str]:
    batch: list[str] = []
    size = 0
    for piece in pieces:
        if batch and size + len(piece) > _BLOCK_CHARS:
            yield separator.join(batch)
            batch, size = [], 0
        batch.append(piece)
        size += len(piece)
    if batch:
        yield separator.join(batch)


def _rows(items: list[Value]) -> list[list[str]]:
    """A header and a row for each record; nothing where they do not make one table."""
    if len(items) > 1 and all(isinstance(item, list) for item in items):
        cells = [_scalars(item) for item in items if isinstance(item, list)]
        return [row for row in cells if row] if all(row and _fits(row) for row in cells) else []
    header: dict[str, None] = {}
    flat: list[dict[str, str]] = []
    for item in items:
        row = _flat(item) if isinstance(item, Record) and len(items) > 1 else None
        header.update(dict.fromkeys(row or ()))
        if not row or not _fits(list(row.values())) or len(header) > _MAX_COLUMNS:
            return []
        flat.append(row)
    if sum(map(len, flat)) < _MIN_FILLED * len(header) * len(flat):
        return []
    return [list(header), *([row.get(name, "") for name in header] for row in flat)]


def _flat(record: Record, levels: int = _FLATTENED_LEVELS) -> dict[str, str] | None:
    """Columns of a record; those of a record within it are named `outer.inner`."""
    cells: dict[str, str] = {}
    for name, value in record.members:
        if isinstance(value, Record) and value.members:
            inner = _flat(value, levels - 1) if levels else None
            if inner is None:
                return None
            cells.update({f"{name}.{key}": text for key, text in inner.items()})
        elif name in cells or (line := _line(value)) is None:
            return None
        else:
            cells[name] = line
    return cells


def _fits(cells: Sequence[str]) -> bool:
    return all(len(cell) <= _CELL_CHARS and "\n" not in cell for cell in cells)


def _scalars(items: list[Value]) -> list[str] | None:
    words = [_shown(item) for item in items if not isinstance(item, Record | list)]
    return words if words and len(words) == len(items) else None


def _shown(value: Scalar) -> str:
    if isinstance(value, str):
        return value
    return "null" if value is None else str(value).lower()


def _label(record: Record) -> str | None:
    found = (record.text(name) for name in _LABELS)
    fitting = (text for text in found if text and len(text) <= _LABEL_CHARS and "\n" not in text)
    return next(fitting, None)


def _title(text: str, depth: int) -> Element:
    return Title(text, metadata=ElementMetadata(category_depth=depth))
