"""Measurements to a table for people and to rows for programs."""

from collections.abc import Iterable, Sequence
from statistics import median

from rich.table import Table

from benchmarks.parse.measuring import Measurement
from benchmarks.parse.peers import READERS

_STOCK = "unstructured"
_OURS = ("footnote", "sandbox")


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
    """A row per format: each reader's median time and share found, and ours against stock's.

    `footnote` is the bare call, as the peers' are; `sandbox` is what a document really costs.
    """
    readers = [reader for reader in READERS if any(m.reader == reader for m in found)]
    ours = [reader for reader in _OURS if reader in readers and _STOCK in readers]
    table = Table("format", "files", *readers, *(f"{_STOCK} / {reader}" for reader in ours))
    for form in dict.fromkeys(m.format for m in found):
        of_form = [m for m in found if m.format == form]
        cells = [_cell([m for m in of_form if m.reader == reader]) for reader in readers]
        files = str(len({m.path for m in of_form}))
        ratios = [_times_faster(of_form, reader) for reader in ours]
        table.add_row(form, files, *cells, *ratios)
    return table


def _cell(measured: list[Measurement]) -> str:
    times = [m.seconds for m in measured if m.seconds is not None]
    expected = sum(m.expected for m in measured)
    found = sum(m.found for m in measured)
    shown = f"{1e3 * median(times):,.1f} ms" if times else "failed"
    failed = (
        f", {len(measured) - len(times)} failed" if times and len(times) < len(measured) else ""
    )
    return f"{shown}, {found / expected:.0%}{failed}" if expected else f"{shown}{failed}"


def _times_faster(of_form: list[Measurement], reader: str) -> str:
    """The median over the files that both read of how many times as long stock takes."""
    ours = {m.path: m.seconds for m in of_form if m.reader == reader}
    ratios = [
        m.seconds / own
        for m in of_form
        if m.reader == _STOCK and m.seconds is not None and (own := ours.get(m.path))
    ]
    return f"{median(ratios):.1f}" if ratios else ""
