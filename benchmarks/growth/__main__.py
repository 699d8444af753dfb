"""`make bench-growth`: how search grows with chunks and clients, and a backlog is worked off."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.growth.backlog import backlog
from benchmarks.growth.curve import curve_of
from benchmarks.growth.plots import write_plots
from benchmarks.growth.results import Results
from benchmarks.growth.searching import of_clients, of_size
from benchmarks.search.pool import read_pool
from benchmarks.search.questions import questions

_CLIENTS = (1, 2, 4, 8, 16, 32)


def main(
    data_dir: Annotated[Path, typer.Option(help="keeps what was filled and measured")],
    chunks: Annotated[str, typer.Option(help="sizes, apart by commas")] = "10000,30000,100000",
    of: Annotated[int, typer.Option(help="the size that many clients ask at once")] = 30_000,
    seconds: Annotated[float, typer.Option(help="for so long each number of clients")] = 15.0,
    events: Annotated[int, typer.Option(help="the backlog; 0: none")] = 100_000,
    pool: Annotated[int, typer.Option(help="real paragraphs that chunks are made of")] = 6000,
    asked: Annotated[int, typer.Option(help="questions of each size")] = 200,
    plots: Annotated[Path | None, typer.Option(help="folder that plots are written to")] = None,
    output: Annotated[
        Path | None, typer.Option(help="file that the curve is written to, for `footnote growth`")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Measure stage by stage; each is kept in the folder, and the next run goes on behind it.

    To measure a stage again, take it out of `growth.json` there.
    """
    results = Results(data_dir / "growth.json")
    sizes = [int(size) for size in chunks.split(",") if size]
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=None)

        def done(name: str, count: int, total: int) -> None:
            progress.update(bar, description=name, completed=count, total=total)

        if sizes:
            text = read_pool(pool, data_dir / "text", partial(done, "embedding text"))
            made = questions(text, asked)
            for size in sizes:
                results.stage(f"chunks {size}", partial(of_size, size, data_dir, text, made, done))
        if of in sizes:
            done(f"clients of {of:,} chunks", 0, 1)
            results.stage("clients 0", lambda: of_clients(_CLIENTS, of, data_dir, made, seconds))
        if events:
            waiting = partial(done, f"a backlog of {events:,}")
            results.stage(f"backlog {events}", lambda: backlog(events, waiting))
    _tell(results, plots, output, as_json=as_json)


def _tell(results: Results, plots: Path | None, output: Path | None, *, as_json: bool) -> None:
    if plots:
        write_plots(results, plots)
    if output:
        output.write_text(curve_of(results))
    if as_json:
        typer.echo(json.dumps(results.stages, indent=1))
    else:
        _show(results)


def _show(results: Results) -> None:
    console = Console()
    table = Table("chunks", "p50 ms", "p95 ms", "core ms", "MB held", "load")
    for size, one in results.of("chunks").items():
        shown = ("p50_ms", "p95_ms", "core_ms", "held_mb", "load")
        table.add_row(f"{size:,}", *(str(one[name]) for name in shown))
    console.print(table)
    for one in results.of("clients").values():
        table = Table("clients", "a second", "p50 ms", "p95 ms", title=f"{one['chunks']:,} chunks")
        for count, figures in one["clients"].items():
            table.add_row(count, *(str(figures[n]) for n in ("a_second", "p50_ms", "p95_ms")))
        console.print(table)
    for one in results.of("backlog").values():
        console.print({name: value for name, value in one.items() if name != "samples"})


if __name__ == "__main__":
    typer.run(main)
