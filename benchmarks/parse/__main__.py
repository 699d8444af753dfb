"""`python -m benchmarks.parse`: seconds and share of expected text, format by format."""

import json
import tempfile
from collections.abc import Callable
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
    "footnote is ours within one process, sandbox is ours as it runs: one confined child per file. "
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
        for reader in chosen:
            progress.update(bar, description=reader)
            try:
                prepare(reader)
            except MissingToolError as error:
                errors.print(f"{reader} is left out: {error}")
                progress.advance(bar, len(samples))
                continue
            found.extend(_measured(reader, samples, runs, timeout_s, lambda: progress.advance(bar)))
    if as_json:
        typer.echo(json.dumps(as_rows(found), indent=1))
        return
    Console().print(as_table(found), _REMARK, sep="\n")


def _measured(
    reader: str, samples: list[Sample], runs: int, timeout_s: float, advance: Callable[[], None]
) -> list[Measurement]:
    found = []
    with ReaderProcess(reader, timeout_s) as process:
        for sample in samples:
            found.append(measured(process, reader, sample, runs))
            advance()
    return found


if __name__ == "__main__":
    typer.run(main)
