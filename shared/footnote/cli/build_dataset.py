"""`footnote dataset build`: rows to fine-tune with, of what people asked and of question sets."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import MofNCompleteColumn, Progress, TextColumn

from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import AsJson, KnowledgeBase, errors, print_json, print_text
from footnote.cli.question_files import question_sets, read_schema, said
from footnote.domain.dataset import Row, Split
from footnote.domain.document import KnowledgeBaseId

if TYPE_CHECKING:
    from footnote.build_dataset import BuildPlan
    from footnote.training_examples import OutputExample

SEED = 20261128


def build(
    name: Annotated[str, typer.Argument(help="What it is called; each build is a new version.")],
    knowledge_base: KnowledgeBase = "default",
    questions: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A question set, as `footnote eval` takes."),
    ] = None,
    schema: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="JSON schema of the outputs to learn."),
    ] = None,
    examples: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help='JSON lines of {"question", "output", "quotes": {pointer: quote}} for --schema.',
        ),
    ] = None,
    ledger: Annotated[
        bool, typer.Option(help="Corrected, up-voted and declined questions of the ledger.")
    ] = True,
    decline_rate: Annotated[
        float | None, typer.Option(min=0, max=0.9, help="Instead of production's.")
    ] = None,
    distractors: Annotated[
        int, typer.Option(min=0, max=20, help="Passages beside those that answer.")
    ] = 4,
    without_golden: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="Share of the declines that lack the passage that answers."
        ),
    ] = 0.5,
    held_out: Annotated[
        float, typer.Option(min=0, max=0.5, help="Share that is kept to judge by.")
    ] = 0.2,
    seed: Annotated[int, typer.Option(help="Of the split, and of what declines.")] = SEED,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Keep nothing.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Make rows to fine-tune with, of what people asked and of question sets.

    Status 1 where nothing becomes a row, 2 where a file is malformed.
    """
    if (schema is None) != (examples is None):
        message = "--schema and --examples go together"
        raise typer.BadParameter(message)
    from footnote.build_dataset import BuildPlan

    with said():
        plan = BuildPlan(
            kb=KnowledgeBaseId(knowledge_base),
            name=name,
            seed=seed,
            questions=question_sets(questions, []) if questions else (),
            examples=_examples(examples) if examples else (),
            schema=read_schema(schema) if schema else None,
            from_ledger=ledger,
            decline_rate=decline_rate,
            distractors=distractors,
            without_golden=without_golden,
            held_out=held_out,
        )
    with deployment(data_dir, DATABASE):
        _build(plan, dry_run=dry_run, as_json=as_json)


def _build(plan: "BuildPlan", *, dry_run: bool, as_json: bool) -> None:
    from dataclasses import replace

    from footnote import bootstrap
    from footnote.build_dataset import build_dataset

    columns = (TextColumn("making rows"), MofNCompleteColumn())
    with Progress(*columns, console=errors, disable=as_json, transient=True) as progress:
        task = progress.add_task("rows", total=None)
        shown = replace(plan, built=lambda of: progress.update(task, total=of, advance=1))
        dataset = build_dataset(shown, bootstrap.build_ports())
    lost = bootstrap.datasets().answers_not_kept(plan.kb) if plan.from_ledger else 0
    left_out = dict(dataset.left_out)
    if lost:
        left_out["found good, but the answer is not kept any more"] = lost
    dataset = replace(dataset, left_out=left_out)
    version = None if dry_run else bootstrap.datasets().add(dataset)
    if as_json:
        print_json(_built_json(dataset.name, version, dataset.rows, left_out))
        return
    kinds = ", ".join(f"{count} {kind}" for kind, count in _kinds(dataset.rows).items())
    kept = f"{plan.name}@{version}" if version else f"{plan.name} (not kept)"
    print_text(f"{kept}: {len(dataset.rows)} rows: {kinds}.")
    print_text(
        f"{_tokens(dataset.rows, Split.TRAIN):,} tokens to train with, about;"
        f" {dataset.decline_rate:.0%} are to decline; prompt {dataset.prompt_version}.",
        "dim",
    )
    for reason, count in sorted(left_out.items(), key=lambda one: -one[1]):
        print_text(f"Left out {count} times: {reason}.", "dim")


def _examples(path: Path) -> list["OutputExample"]:
    from pydantic import BaseModel, ConfigDict

    from footnote.evaluation.lines import read_lines
    from footnote.training_examples import OutputExample

    class Line(BaseModel):
        model_config = ConfigDict(extra="forbid")

        question: str
        output: Any
        quotes: dict[str, str] = {}

    def read(_: int, line: object) -> OutputExample:
        return OutputExample(**dict(Line.model_validate(line)))

    return read_lines(path, "holds no examples", read)


def _kinds(rows: Sequence[Row]) -> dict[str, int]:
    kinds: dict[str, int] = {}
    for row in rows:
        kinds[row.kind.value] = kinds.get(row.kind.value, 0) + 1
    return kinds


def _tokens(rows: Sequence[Row], split: Split) -> int:
    return sum(row.tokens for row in rows if row.split is split)


def _built_json(
    name: str, version: int | None, rows: Sequence[Row], left_out: dict[str, int]
) -> dict[str, Any]:
    return {
        "name": name,
        "version": version,
        "rows": len(rows),
        "train": sum(row.split is Split.TRAIN for row in rows),
        "held_out": sum(row.split is Split.HELD_OUT for row in rows),
        "kinds": _kinds(rows),
        "tokens": _tokens(rows, Split.TRAIN),
        "left_out": left_out,
    }
