"""`make bench-cold`: how long the first reply takes, and what a warm one costs beside Postgres."""

import json
from functools import partial
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.cold.measuring import (
    built_api,
    first_invocation_s,
    haystack_function,
    keyed_event,
    load,
    middle,
    new_key,
    warm_requests,
)
from benchmarks.search.filling import fill
from benchmarks.search.pool import read_pool
from benchmarks.search.questions import questions
from benchmarks.search.server import running_postgres
from tests.deployed.runtimes import find_runtime
from tests.running_system import folder_for_a_system

_CHUNKS = 5_000
_PARAGRAPHS = 500


def main(
    rounds: Annotated[int, typer.Option(help="environments started of each")] = 7,
    asked: Annotated[int, typer.Option(help="warm requests")] = 80,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Start the built `api` in Lambda's runtime, beside a function with Haystack's imports."""
    with folder_for_a_system("bench") as folder:
        text = read_pool(_PARAGRAPHS, folder / "text")
        with running_postgres(folder / "data") as url:
            fill(url, _CHUNKS, _PARAGRAPHS, folder / "text", lambda *_: None)
            made = [question.text for question in questions(text, asked)]
            found = _measured(url, made, rounds, folder)
    if as_json:
        typer.echo(json.dumps(found))
        return
    table = Table("what", "value", title=f"the built api function; load {load():.1f}")
    for what, value in found.items():
        table.add_row(what, f"{value:,.3f}")
    Console().print(table)


def _measured(url: str, asked: list[str], rounds: int, folder: Path) -> dict[str, float]:
    runtime = find_runtime()
    api = built_api(url)
    peer, peers_runtime = haystack_function(folder, runtime)
    key, log = new_key(url), folder / "functions.log"
    search, health = keyed_event("api-search.json", key), keyed_event("api-health.json", key)
    arms = {
        "first reply (s)": partial(first_invocation_s, api, runtime, health, log),
        "first search, with the model (s)": partial(first_invocation_s, api, runtime, search, log),
        "haystack imports (s)": partial(first_invocation_s, peer, peers_runtime, health, log),
    }
    times: dict[str, list[float]] = {name: [] for name in arms}
    for number in range(rounds + 1):
        for name, first in arms.items():
            seconds = first()
            if number:  # the first one reads from the disk
                times[name].append(seconds)
    found = {name: median(seconds) for name, seconds in times.items()}
    for name in ("first reply (s)", "first search, with the model (s)"):
        found[f"{name[:-4]}, beside haystack"] = found[name] / found["haystack imports (s)"]
    for name, questions_ in (("search", asked), ("list of documents", [None] * len(asked))):
        warm = middle(warm_requests(api, runtime, questions_, key, log))
        found[f"warm {name} (ms)"] = warm.total
        found[f"warm {name}: waiting for Postgres (ms)"] = warm.database
        found[f"warm {name}: all else (ms)"] = warm.rest
    return found


if __name__ == "__main__":
    typer.run(main)
