"""`python -m benchmarks.ingest`: how fast files become knowledge, beside the bare work."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.ingest import measuring
from benchmarks.ingest.files import made_files
from benchmarks.ingest.report import Round, rounds_report
from benchmarks.ingest.running_system import RunningSystem
from benchmarks.ingest.writing import rows_per_second


def main(
    files: Annotated[Path | None, typer.Option(help="folder of files instead of made ones")] = None,
    count: Annotated[int, typer.Option(help="files that are made for each round")] = 150,
    rounds: Annotated[int, typer.Option(help="rounds of the bare and the whole work")] = 3,
    latencies: Annotated[int, typer.Option(help="files put and deleted on the idle system")] = 30,
    noisy: Annotated[int, typer.Option(help="files of the neighbour that uploads many")] = 1000,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Measures ingestion end to end beside the bare work, on a system of its own, in one run.

    Each round does both on the same files, one after the other; the system is idle during the
    bare work. Ratios are medians over the rounds.
    """
    errors = Console(stderr=True)
    given = measuring.read_folder(files) if files else None
    with Progress(console=errors) as progress:
        steps = progress.add_task("rows beside COPY", total=None)
        published, copied = rows_per_second(40, 100)
        with RunningSystem() as system:
            progress.update(steps, description="idle latencies")
            measuring.latencies_ms(system, 3)  # the first ones import and connect
            measuring.whole(system, made_files(12, seed=0), "warm")
            puts, deletes = measuring.latencies_ms(system, latencies)
            found = [
                _round(system, given or made_files(count, seed=number), number, progress)
                # A second round with the same files would find every embedding kept.
                for number in range(1, 2 if given else rounds + 1)
            ]
            progress.update(steps, description="beside a noisy neighbour", total=None)
            measuring.flood(system, noisy)
            beside, _ = measuring.latencies_ms(system, max(5, latencies // 3))
    figures = rounds_report(found) | {
        "published_rows_per_s": round(published),
        "published_by_copied_rows": round(published / copied, 3),
        "put_to_answerable_p50_ms": round(measuring.median(puts)),
        "put_to_answerable_p95_ms": round(measuring.quantile(puts, 0.95)),
        "delete_to_gone_p95_ms": round(measuring.quantile(deletes, 0.95)),
        "put_to_answerable_beside_noise_p50_ms": round(measuring.median(beside)),
        "noise_by_idle": round(measuring.median(beside) / measuring.median(puts), 2),
    }
    if as_json:
        typer.echo(json.dumps(figures, indent=1))
        return
    table = Table("measured", "figure")
    for name, value in figures.items():
        table.add_row(name, str(value))
    Console().print(table)


def _round(
    system: RunningSystem, contents: Mapping[str, bytes], number: int, progress: Progress
) -> Round:
    (steps,) = progress.task_ids
    progress.update(steps, description=f"round {number}: bare", total=None)
    bare = measuring.bare(contents)
    progress.update(steps, description=f"round {number}: whole", total=len(contents))
    whole = measuring.whole(
        system,
        contents,
        f"bench-{number}",
        lambda done: progress.update(steps, completed=done),
    )
    return Round(files=contents, bare=bare, whole=whole)


if __name__ == "__main__":
    typer.run(main)
