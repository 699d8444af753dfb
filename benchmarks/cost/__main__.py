"""`make bench-cost`: what one question and one document take, for `footnote cost`."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.cost.machine import machine
from benchmarks.cost.measuring import (
    PeakMemory,
    first_question_ms,
    own_documents,
    per_document,
    per_question,
    questions_of,
    system_with_a_model,
)
from benchmarks.ingest.files import made_files
from benchmarks.ingest.measuring import whole
from footnote.costs.measured import MEASURED, Measured

_ENVIRONMENTS = 2
_HEAD = """\
# Written by `make bench-cost`. Times are processor time: what other work on the machine does not
# lengthen. `database_ms` is Postgres' own, which a function waits for.
"""


def main(
    files: Annotated[int, typer.Option(help="made files that are read")] = 80,
    asked: Annotated[int, typer.Option(help="questions about this documentation")] = 80,
    output: Annotated[Path, typer.Option(help="file that is written")] = MEASURED,
) -> None:
    """Run a whole system, read files and ask questions, and write what each took."""
    told = Console(stderr=True)
    with system_with_a_model() as (system, server):
        told.print("reading files")
        whole(system, made_files(8, seed=0), "warm")
        document, chunk = per_document(system, made_files(files, seed=1))
        start = first_question_ms(system, _ENVIRONMENTS, "What is to be known?")
        told.print("asking questions")
        own = own_documents()
        whole(system, own, "docs")
        questions = questions_of(own)
        for question in questions[:10]:
            system.ask(question, "docs")
        question_ = per_question(system, server, questions[10 : 10 + asked], "docs")
        told.print("looking at memory")
        with PeakMemory(system) as peak:  # looking takes time of the machine: apart from all else
            whole(system, made_files(20, seed=2), "memory")
            for question in questions[:20]:
                system.ask(question, "docs")
    measured = Measured.model_validate(
        {
            "run": {
                "measured_on": datetime.now(UTC).date(),
                "machine": machine(),
                "load": round(os.getloadavg()[0], 1),
                "command": f"make bench-cost ARGS='--files {files} --asked {asked}'",
            },
            "question": question_,
            "document": document,
            "chunk": chunk,
            "start": start,
            "memory": peak.figures(),
        }
    )
    output.write_text(_HEAD + _toml(measured))
    told.print(f"written: {output}")


def _toml(measured: Measured) -> str:
    lines = []
    for name, part in measured.model_dump(mode="python").items():
        lines.append(f"\n[{name}]")
        lines += [f"{key} = {_value(value)}" for key, value in part.items()]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}"
    return f'"{value}"' if isinstance(value, str) else str(value)


if __name__ == "__main__":
    typer.run(main)
