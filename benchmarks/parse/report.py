"""Measurements to a table for people and to rows for programs."""

from collections.abc import Iterable, Sequence
from statistics import median

from rich.table import Table

from benchmarks.parse.measuring import Measurement
from benchmarks.parse.peers import READERS

_STOCK = "unstructured"


def as_rows(found: Iterable[Measurement]) -> list[dict[str, object]]:
    """One row per reader and file."""
    return [
        {
            "reader": m.reader,
            "file": m.path.name,
            "format": m.format,
            "seconds": m.seconds,
            "found": m.found,
            "expected": m.expected,
            "error": m.error,
        }
        for m in found
    ]


def as_table(found: Sequence[Measurement]) -> Table:
    """A row per format: each reader's median time and share found, and ours against stock."""
    readers = [reader for reader in READERS if any(m.reader == reader for m in found)]
    table = Table("format", "files", *readers, f"times faster than {_STOCK}")
    for form in dict.fromkeys(m.format for m in found):
        of_form = [m for m in found if m.format == form]
        cells = [_cell([m for m in of_form if m.reader == reader]) for reader in readers]
        files = str(len({m.path for m in of_form}))
        table.add_row(form, files, *cells, _speed_up(of_form))
    return table


def _cell(measured: list[Measurement]) -> str:
    times = [m.seconds for m in measured if m.seconds is not None]
    expected = sum(m.expected for m in measured)
    found = sum(m.found for m in measured)
    shown = f"{median(times):.3f} s" if times else "failed"
    failed = (
        f", {len(measured) - len(times)} failed" if times and len(times) < len(measured) else ""
    )
    return f"{shown}, {found / expected:.1%}{failed}" if expected else f"{shown}{failed}"


def _speed_up(of_form: list[Measurement]) -> str:
    """The median over the files that both read of how many times as long stock takes."""
    ours = {m.path: m.seconds for m in of_form if m.reader == "footnote"}
    ratios = [
        m.seconds / own
        for m in of_form
        if m.reader == _STOCK and m.seconds is not None and (own := ours.get(m.path))
    ]
    return f"{median(ratios):.1f}" if ratios else ""
