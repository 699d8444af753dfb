"""`python -m benchmarks.search`: search beside bare SQL and other frameworks, in one run."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from benchmarks.search.arms import PEERS, Arm, Footnote, Peer, RawSql
from benchmarks.search.filling import Done, fill, fill_bits, fill_peers, sizes_mb
from benchmarks.search.imports import import_seconds
from benchmarks.search.measuring import SHARES, measure
from benchmarks.search.pool import Pool, read_pool
from benchmarks.search.questions import questions
from benchmarks.search.report import Result, as_rows, as_table
from benchmarks.search.server import running_postgres

_REMARK = (
    "All search the same chunks in one Postgres, HNSW m=16, ef_construction=128, same ef_search; "
    "each question is asked of all in turn. footnote searches by words and meaning, and its recall "
    "is its ten beside those of the same search without the HNSW index; others search by meaning "
    "alone, beside the ten nearest of all. Embedding the question is in no time."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is measured at each size."""

    asked: int
    rounds: int
    peers: tuple[str, ...]


def main(
    chunks: Annotated[str, typer.Option(help="sizes to fill and measure, apart by commas")] = (
        "50000,1000000"
    ),
    data_dir: Annotated[
        Path | None,
        typer.Option(help="folder that keeps what was filled: a million chunks take an hour"),
    ] = None,
    pool: Annotated[int, typer.Option(help="real paragraphs that chunks are made of")] = 12_000,
    asked: Annotated[int, typer.Option(help="questions, each asked in every round")] = 100,
    rounds: Annotated[int, typer.Option(help="times that each question is asked")] = 3,
    peers: Annotated[str, typer.Option(help="frameworks to compare")] = ",".join(PEERS),
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Fills one database per size with made chunks, then asks every arm the same questions.

    Interrupted filling goes on where it was, if --data-dir is given.
    """
    wanted = Wanted(asked=asked, rounds=rounds, peers=tuple(filter(None, peers.split(","))))
    with ExitStack() as stack:
        folder = data_dir or Path(stack.enter_context(TemporaryDirectory()))
        progress = stack.enter_context(Progress(console=Console(stderr=True)))
        bar = progress.add_task("", total=None)

        def done(name: str, count: int, total: int) -> None:
            progress.update(bar, description=name, completed=count, total=total)

        text = read_pool(pool, folder / "text", partial(done, "embedding text"))
        results = [_of_size(int(size), folder, text, wanted, done) for size in chunks.split(",")]
    if as_json:
        typer.echo(json.dumps(results, indent=1))
        return
    for result in results:
        Console().print("", as_table(result), sep="\n")
    Console().print(_REMARK)


def _of_size(chunks: int, folder: Path, text: Pool, wanted: Wanted, done: Done) -> Result:
    with running_postgres(folder / str(chunks)) as url, ExitStack() as stack:
        fill(url, chunks, len(text.paragraphs), folder / "text", done)
        fill_bits(url, done)
        raw = stack.enter_context(closing(RawSql(url)))
        arms: list[Arm] = [
            stack.enter_context(closing(Footnote(url))),
            stack.enter_context(closing(Footnote(url, quantized=True))),
            raw,
        ]
        if wanted.peers:
            fill_peers(url, done)
            arms += [stack.enter_context(closing(Peer(name, url, raw))) for name in wanted.peers]
        done("embedding questions", 0, 1)
        made = questions(text, wanted.asked)
        found = []
        for share in SHARES:
            rounds = wanted.rounds if share == "all" else 1
            counted = iter(range(1, len(made) * rounds + 1))
            step = partial(_step, done, f"{share} of {chunks:,}", counted, len(made) * rounds)
            found += measure(arms, made, share, rounds, step)
        return Result(
            chunks=chunks,
            load=os.getloadavg()[0],
            searches=as_rows(found),
            sizes_mb=sizes_mb(url),
            imports_s=import_seconds(url) if "haystack" in wanted.peers else {},
        )


def _step(done: Done, name: str, counted: Iterator[int], total: int) -> None:
    done(name, next(counted), total)


if __name__ == "__main__":
    typer.run(main)
