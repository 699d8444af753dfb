"""`python -m benchmarks.parse`: seconds and share of expected text, format by format."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from benchmarks.environments import MissingToolError
from benchmarks.parse.files import files_in
from benchmarks.parse.measuring import Measurement, measured
from benchmarks.parse.peers import READERS, ReaderProcess, prepare
from benchmarks.parse.report import as_rows, as_table
from benchmarks.parse.samples import Sample, make_samples

_REMARK = (
    "footnote is our readers' bare call, as the peers' are; sandbox is ours as it runs: one "
    "confined process per file, which the peers do not offer. "
    "unstructured runs stock at the version that we build on, PDF with strategy 'fast', but for a "
    "light stand-in of spaCy's tagger, whose model it would download: that makes it faster. "
    "found is the share of expected texts; shown are medians over the files of each file's median."
)


def main(
    files: Annotated[
        Path | None,
        typer.Option(help="folder of files instead of made ones, with expected.jsonl if there is"),
    ] = None,
    size: Annotated[int, typer.Option(help="pages of text in each file that is made")] = 100,
    runs: Annotated[int, typer.Option(help="readings of each file")] = 3,
    timeout_s: Annotated[float, typer.Option(help="seconds for all readings of one file")] = 300,
    readers: Annotated[str, typer.Option(help="which to compare, apart by commas")] = ",".join(
        READERS
    ),
    as_json: Annotated[bool, typer.Option("--json", help="print JSON, file by file")] = False,
) -> None:
    """Reads the same files by our readers, stock Unstructured and Kreuzberg in one run.

    Peers are installed once into environments of their own under `.cache/bench`.
    """
    errors = Console(stderr=True)
    chosen = [reader for reader in READERS if reader in readers.split(",")]
    with tempfile.TemporaryDirectory() as folder, Progress(console=errors) as progress:
        samples = files_in(files) if files else make_samples(Path(folder), size)
        bar = progress.add_task("installing", total=len(samples) * len(chosen))
        found: list[Measurement] = []
        there = [reader for reader in chosen if _is_there(reader, errors)]
        progress.update(bar, total=len(samples) * len(there), description="reading")
        for one in _measured(there, samples, runs, timeout_s):
            found.append(one)
            progress.advance(bar)
    if as_json:
        typer.echo(json.dumps(as_rows(found), indent=1))
        return
    Console().print(as_table(found), _REMARK, sep="\n")


def _is_there(reader: str, errors: Console) -> bool:
    try:
        prepare(reader)
    except MissingToolError as error:
        errors.print(f"{reader} is left out: {error}")
        return False
    return True


def _measured(
    readers: list[str], samples: list[Sample], runs: int, timeout_s: float
) -> Iterator[Measurement]:
    """Each file by all readers in turn, so that what else the machine does falls on all alike."""
    with ExitStack() as running:
        processes = {
            reader: running.enter_context(ReaderProcess(reader, timeout_s)) for reader in readers
        }
        for sample in samples:
            for reader, process in processes.items():
                yield measured(process, reader, sample, runs)


if __name__ == "__main__":
    typer.run(main)
