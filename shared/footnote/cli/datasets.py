"""`footnote dataset build|list|show|export|validate`: what a model is fine-tuned with."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from footnote.cli.money import price
from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import (
    AsJson,
    KnowledgeBase,
    console,
    errors,
    plain_table,
    print_error,
    print_json,
    print_text,
)
from footnote.cli.question_files import question_sets, read_schema, said
from footnote.domain.dataset import KeptDataset, Row, Split
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.domain.fine_tuning import Provider
from footnote.tuning.training_file import RULES, Rules, problems_of, written

if TYPE_CHECKING:
    from footnote.build_dataset import BuildPlan
    from footnote.training_rows import OutputExample

SEED = 20261128
Name = Annotated[str, typer.Argument(help="The data set, or NAME@VERSION; the latest unless said.")]
Price = Annotated[
    Decimal | None,
    typer.Option("--price", parser=price, help="US dollars per million tokens to train with."),
]
Epochs = Annotated[int, typer.Option(min=1, max=50, help="How often each row is learned from.")]
For = Annotated[Provider, typer.Option("--for", help="Whose rules count.")]


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


def list_datasets(
    knowledge_base: KnowledgeBase = "default", as_json: AsJson = False, data_dir: DataDir = None
) -> None:
    """Show every data set, and how many of its rows show text that is there no more."""
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap

        found = bootstrap.datasets().all_of(KnowledgeBaseId(knowledge_base))
    if as_json:
        print_json([_kept_json(one) for one in found])
        return
    if not found:
        print_text(f"{knowledge_base} has no data set; `footnote dataset build NAME` makes one.")
        return
    table = plain_table("data set", "train", "held out", "tokens", "prompt", "built", "affected")
    for one in found:
        table.add_row(
            Text(f"{one.name}@{one.version}"),
            str(one.train),
            str(one.held_out),
            f"{one.tokens:,}",
            one.prompt_version,
            f"{one.created_at:%Y-%m-%d %H:%M}",
            Text(f"{one.affected} rows" if one.affected else "", style="yellow"),
        )
    console.print(table)


def show(
    name: Name,
    knowledge_base: KnowledgeBase = "default",
    limit: Annotated[int, typer.Option(min=0, help="So many rows.")] = 3,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show a data set, some of its rows, and which chunks of which versions they show."""
    with deployment(data_dir, DATABASE):
        kept = find_dataset(knowledge_base, name)
        rows = _rows_of(knowledge_base, kept)
    if as_json:
        print_json(_kept_json(kept) | {"rows": [_row_json(row) for row in rows[:limit]]})
        return
    kinds = ", ".join(f"{count} {kind}" for kind, count in kept.kinds.items())
    print_text(
        f"{kept.name}@{kept.version}: {kept.train} to train, {kept.held_out} held out: {kinds}."
    )
    for reason, count in kept.left_out.items():
        print_text(f"Left out {count} times: {reason}.", "dim")
    for row in rows[:limit]:
        print_text(f"\n{row.kind} · {row.split} · {row.tokens:,} tokens\n{row.question}", "bold")
        print_text(row.reply)
        for one in row.sources:
            mark = "*" if one.golden else " "
            print_text(
                f"{mark} {one.key} {one.version_id or ''} {one.chunk_hash.hex()[:12]}", "dim"
            )


def export(
    name: Name,
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="Where to write JSON lines.")
    ],
    split: Annotated[Split, typer.Option(help="Which rows.")] = Split.TRAIN,
    knowledge_base: KnowledgeBase = "default",
    data_dir: DataDir = None,
) -> None:
    """Write the rows as a file of chat messages."""
    with deployment(data_dir, DATABASE):
        rows = _rows_of(knowledge_base, find_dataset(knowledge_base, name), split)
    output.write_bytes(written(row.messages for row in rows))
    print_text(f"{len(rows)} rows in {output}.")


def validate(
    which: Annotated[str, typer.Argument(help="A file of JSON lines, or a data set.")],
    provider: For = Provider.OPENAI,
    knowledge_base: KnowledgeBase = "default",
    per_million: Price = None,
    epochs: Epochs = 3,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Hold a training file against a provider's rules; status 1 where something is wrong."""
    from footnote.answering.token_count import count_tokens
    from footnote.fine_tune import training_cost

    if Path(which).is_file():
        content = Path(which).read_bytes()
    else:
        with deployment(data_dir, DATABASE):
            kept = find_dataset(knowledge_base, which)
            rows = _rows_of(knowledge_base, kept, Split.TRAIN)
            content = written(row.messages for row in rows)
    problems = problems_of(content, RULES.get(provider, Rules()), count_tokens)
    lines = content.count(b"\n")
    tokens = 0 if problems else count_tokens(content.decode())
    cost = training_cost(tokens, epochs, per_million)
    if as_json:
        told = {"rows": lines, "tokens": tokens, "cost_usd": None if cost is None else float(cost)}
        print_json(told | {"problems": problems})
    else:
        for problem in problems:
            print_error(problem)
        if not problems:
            print_text(f"{lines} rows, about {tokens:,} tokens, {cost_in_words(cost)}.")
    if problems:
        raise typer.Exit(1)


def find_dataset(knowledge_base: str, which: str) -> KeptDataset:
    """A data set by NAME or NAME@VERSION.

    Raises:
        NotFoundError: there is none.
        UnprocessableError: what stands behind the @ is no version.
    """
    from footnote import bootstrap

    name, _, version = which.partition("@")
    if version and not version.isdecimal():
        message = f"{which} is not of the form NAME or NAME@VERSION, such as support@2"
        raise UnprocessableError(message)
    return bootstrap.datasets().find(
        KnowledgeBaseId(knowledge_base), name, int(version) if version else None
    )


def _rows_of(knowledge_base: str, kept: KeptDataset, split: Split | None = None) -> list[Row]:
    from footnote import bootstrap

    return bootstrap.datasets().rows(KnowledgeBaseId(knowledge_base), kept.dataset_id, split)


def cost_in_words(cost: Decimal | None) -> str:
    """An estimate for people."""
    if cost is None:
        return "at a cost that is not known (--price says what a million tokens cost)"
    return f"about ${cost:.2f}"


def _examples(path: Path) -> list["OutputExample"]:
    from pydantic import BaseModel, ConfigDict, ValidationError

    from footnote.training_rows import OutputExample

    class Line(BaseModel):
        model_config = ConfigDict(extra="forbid")

        question: str
        output: Any
        quotes: dict[str, str] = {}

    found, mistakes = [], []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if line.strip():
            try:
                found.append(OutputExample(**dict(Line.model_validate_json(line))))
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                mistakes.append(f"line {number}: {'.'.join(map(str, first['loc']))} {first['msg']}")
    if mistakes:
        message = f"{path} holds no examples: {'; '.join(mistakes[:5])}"
        raise UnprocessableError(message)
    return found


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


def _kept_json(one: KeptDataset) -> dict[str, Any]:
    return {
        "name": one.name,
        "version": one.version,
        "train": one.train,
        "held_out": one.held_out,
        "kinds": dict(one.kinds),
        "tokens": one.tokens,
        "decline_rate": one.decline_rate,
        "prompt_version": one.prompt_version,
        "left_out": dict(one.left_out),
        "affected": one.affected,
        "created_at": one.created_at.isoformat(),
    }


def _row_json(row: Row) -> dict[str, Any]:
    sources = [
        {
            "document_id": one.document_id,
            "key": one.key,
            "version_id": one.version_id,
            "chunk_hash": one.chunk_hash.hex(),
            "golden": one.golden,
        }
        for one in row.sources
    ]
    return {
        "kind": row.kind,
        "split": row.split,
        "question": row.question,
        "messages": row.messages,
        "cluster": row.cluster,
        "tokens": row.tokens,
        "sources": sources,
    }
