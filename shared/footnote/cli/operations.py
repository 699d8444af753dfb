"""`footnote reconcile` and `footnote redrive`: what operators do about events that were lost."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from footnote.cli.output import AsJson, console, errors, plain_table, print_json
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.drift import Repair
from footnote.domain.errors import FootnoteError, SettingsError
from footnote.domain.reconciliation import KnowledgeBaseReport, Report, Request
from footnote.redrive import Moved, redrive

BRAKED_STATUS = 3
# What each command needs; one of each group.
DATABASE = ("FOOTNOTE_DATABASE_URL", "FOOTNOTE_DATABASE_SECRET_ARN")
BUCKET = ("FOOTNOTE_BUCKET",)
_QUEUE = ("FOOTNOTE_QUEUE_URL",)
_DEAD_LETTERS = ("FOOTNOTE_DEAD_LETTER_QUEUE_URL",)

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Folder of a running `footnote up`; without it FOOTNOTE_QUEUE_URL and the other "
        "settings of a deployment count where they are set, and else the folder .footnote.",
    ),
]


def reconcile(
    knowledge_base: Annotated[
        str | None, typer.Option("--knowledge-base", "-k", help="Only this one.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Send deletions that the brake would hold back.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Compare the bucket with the index, and send again what events missed.

    Status 3 where deletions were held back: more of a knowledge base is gone from the bucket than
    FOOTNOTE_RECONCILE_MAX_DELETE_SHARE allows.
    """
    with deployment(data_dir, DATABASE, BUCKET, _QUEUE):
        from footnote import bootstrap
        from footnote.reconcile import horizon_at
        from footnote.reconcile import reconcile as run

        request = Request(
            horizon=horizon_at(datetime.now(UTC)),
            knowledge_base=KnowledgeBaseId(knowledge_base) if knowledge_base else None,
            dry_run=dry_run,
            force=force,
        )
        report = run(bootstrap.reconcile_ports(), request)
    if as_json:
        print_json(_as_json(report, dry_run=dry_run))
    else:
        console.print(_table(report))
        console.print(_summary(report, dry_run=dry_run), markup=False, highlight=False)
    if report.unseen:
        errors.print(_unseen_message(report), markup=False, soft_wrap=True)
    if report.braked:
        errors.print(_brake_message(report), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(BRAKED_STATUS)


def redrive_command(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Move every dead letter back to the queue, so that it is tried again."""
    moved: list[Moved] = []
    with deployment(data_dir, _QUEUE, _DEAD_LETTERS):
        from footnote import bootstrap

        letters = redrive(bootstrap.dead_letters(), bootstrap.notifications())
        total = bootstrap.dead_letters().length()
        try:
            with Progress(console=errors, disable=as_json) as progress:
                task = progress.add_task("moving", total=total, visible=False)
                for letter in letters:
                    moved.append(letter)
                    progress.update(task, advance=1, visible=True)
        finally:
            _tell_moved(moved, as_json=as_json)


@contextmanager
def deployment(data_dir: Path | None, *needed: tuple[str, ...]) -> Iterator[None]:
    """Find what to work on, and end a failure with status 1 and one line."""
    from footnote import bootstrap
    from footnote.local.connection import find_deployment
    from footnote.observability import aside

    try:
        find_deployment(data_dir)
        for names in needed:
            if not any(os.environ.get(name) for name in names):
                message = f"{' or '.join(names)} is not set; docs/operations.md says what it is"
                raise SettingsError(message)
        with aside():
            yield
    except FootnoteError as error:
        errors.print(f"{error}.", style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    finally:
        bootstrap.close()


def _table(report: Report) -> Table:
    headings = ("knowledge base", "in bucket", "in index", "sent again", "to delete", "")
    table = plain_table(*headings)
    for one in report.knowledge_bases:
        braked = Text("held back" if one.braked else "", style="red")
        numbers = (one.in_bucket, one.in_index, _sent(one), one.to_delete)
        table.add_row(one.knowledge_base, *(str(number) for number in numbers), braked)
    return table


def _sent(one: KnowledgeBaseReport) -> str:
    """Such as `3 (2 missing, 1 stale)`."""
    reasons = ", ".join(f"{one.sent[reason]} {reason}" for reason in Repair if one.sent[reason])
    return f"{one.sent.total()} ({reasons})" if reasons else "0"


def _summary(report: Report, *, dry_run: bool) -> str:
    if dry_run:
        return f"Notifications that would be sent: {report.sent}"
    return f"Notifications sent: {report.sent}"


def _brake_message(report: Report) -> str:
    return (
        f"{report.held_back} deletions were held back in {', '.join(report.braked)}: so many "
        "documents are gone from the bucket that it may be the wrong one. Look at the bucket, and "
        "if they are to go, run `footnote reconcile --force`."
    )


def _unseen_message(report: Report) -> str:
    return (
        f"{report.unseen} documents were imported, and their files never were in this bucket: they "
        "are left alone. Copy the files, or delete the documents by `footnote reconcile --force`."
    )


def _as_json(report: Report, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "sent": report.sent,
        "held_back": report.held_back,
        "unseen": report.unseen,
        "knowledge_bases": [
            {
                "knowledge_base": one.knowledge_base,
                "in_bucket": one.in_bucket,
                "in_index": one.in_index,
                "sent_again": dict(one.sent),
                "to_delete": one.to_delete,
                "braked": one.braked,
            }
            for one in report.knowledge_bases
        ],
    }


def _tell_moved(moved: list[Moved], *, as_json: bool) -> None:
    now = datetime.now(UTC)
    rows = [
        {
            "keys": list(letter.keys),
            "received": letter.received,
            "age_s": round((now - letter.sent_at).total_seconds()) if letter.sent_at else None,
        }
        for letter in moved
    ]
    if as_json:
        print_json({"moved": len(moved), "messages": rows})
        return
    if moved:
        console.print(_letters(rows))
    console.print(f"Messages moved back to the queue: {len(moved)}", highlight=False)


def _letters(rows: list[dict[str, Any]]) -> Table:
    table = plain_table("about", "received", "age")
    for row in rows:
        about = ", ".join(row["keys"]) or "a message that cannot be read"
        table.add_row(Text(about), str(row["received"]), _age(row["age_s"]))
    return table


def _age(seconds: int | None) -> str:
    if seconds is None:
        return ""
    minutes, hours = seconds // 60, seconds // 3600
    if hours >= 48:
        return f"{hours // 24} d"
    return f"{hours} h" if hours else f"{minutes} min"
