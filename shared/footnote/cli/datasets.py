"""`footnote dataset list|show|export|validate`: what a model is fine-tuned with."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from footnote.cli.money import cost_in_words, price
from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import (
    AsJson,
    KnowledgeBase,
    console,
    plain_table,
    print_error,
    print_json,
    print_text,
)
from footnote.domain.dataset import KeptDataset, Row, Split
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import UnprocessableError
from footnote.domain.fine_tuning import Provider
from footnote.tuning.training_file import RULES, Rules, problems_of, tokens_in, written

Name = Annotated[str, typer.Argument(help="The data set, or NAME@VERSION; the latest unless said.")]
Price = Annotated[
    Decimal | None,
    typer.Option("--price", parser=price, help="US dollars per million tokens to train with."),
]
Epochs = Annotated[int, typer.Option(min=1, max=50, help="How often each row is learned from.")]
For = Annotated[Provider, typer.Option("--for", help="Whose rules count.")]


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
    tokens = 0 if problems else tokens_in(content, count_tokens)
    cost = training_cost(tokens, epochs, per_million)
    if as_json:
        told = {"rows": lines, "tokens": tokens, "cost_usd": None if cost is None else float(cost)}
        print_json(told | {"problems": problems})
    else:
        for problem in problems:
            print_error(problem)
        if not problems:
            print_text(
                f"{lines} rows, about {tokens:,} tokens {epochs} times, {cost_in_words(cost)}."
            )
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
