"""`python -m benchmarks.ingest`: how fast files become knowledge, beside the bare work."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.ingest import measuring
from benchmarks.ingest.files import made_files
from benchmarks.ingest.running_system import RunningSystem
from benchmarks.ingest.writing import rows_per_second


def main(
    files: Annotated[Path | None, typer.Option(help="folder of files instead of made ones")] = None,
    count: Annotated[int, typer.Option(help="files that are made")] = 120,
    latencies: Annotated[int, typer.Option(help="files put and deleted on the idle system")] = 30,
    noisy: Annotated[int, typer.Option(help="files of the neighbour that uploads many")] = 1000,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Measures ingestion end to end beside the bare work, on a system of its own, in one run."""
    errors = Console(stderr=True)
    contents = measuring.read_folder(files) if files else made_files(count, seed=1)
    with Progress(console=errors) as progress:
        steps = progress.add_task("bare partition and embed", total=None)
        bare_s, chunks = measuring.bare_seconds(contents)
        progress.update(steps, description="rows beside COPY")
        published, copied = rows_per_second(40, 100)
        with RunningSystem() as system:
            progress.update(steps, description="idle latencies")
            measuring.latencies_ms(system, 3)  # the first ones import and connect
            measuring.end_to_end_seconds(system, made_files(12, seed=2), "warm")
            puts, deletes = measuring.latencies_ms(system, latencies)
            progress.update(steps, description="end to end", total=len(contents))
            whole_s, peak_mb = measuring.end_to_end_seconds(
                system, contents, "bench", lambda done: progress.update(steps, completed=done)
            )
            progress.update(steps, description="beside a noisy neighbour", total=None)
            measuring.flood(system, noisy)
            beside, _ = measuring.latencies_ms(system, max(5, latencies // 3))
    megabytes = sum(map(len, contents.values())) / 2**20
    found = {
        "files": len(contents),
        "chunks": chunks,
        "megabytes": round(megabytes, 2),
        "documents_per_s": round(len(contents) / whole_s, 2),
        "megabytes_per_s": round(megabytes / whole_s, 3),
        "end_to_end_by_bare": round(whole_s / bare_s, 3),
        "published_rows_per_s": round(published),
        "published_by_copied_rows": round(published / copied, 3),
        "peak_memory_mb": round(peak_mb),
        "put_to_answerable_p50_ms": round(measuring.median(puts)),
        "put_to_answerable_p95_ms": round(measuring.quantile(puts, 0.95)),
        "delete_to_gone_p95_ms": round(measuring.quantile(deletes, 0.95)),
        "put_to_answerable_beside_noise_p50_ms": round(measuring.median(beside)),
        "noise_by_idle": round(measuring.median(beside) / measuring.median(puts), 2),
    }
    if as_json:
        typer.echo(json.dumps(found, indent=1))
        return
    table = Table("measured", "figure")
    for name, value in found.items():
        table.add_row(name, str(value))
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
