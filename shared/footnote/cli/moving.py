"""`footnote export` and `footnote import`: a whole knowledge base as one file."""

from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import MofNCompleteColumn, Progress, TaskID
from rich.table import Table

from footnote.cli.operations import DATABASE, DataDir, deployment
from footnote.cli.output import AsJson, console, errors, plain_table, print_json
from footnote.domain.document import KnowledgeBaseId, is_knowledge_base

if TYPE_CHECKING:
    from collections import Counter

    from footnote.import_knowledge_base import ImportPorts, ImportRequest
    from footnote.transfer.port import ImportReport

_BUCKET = ("FOOTNOTE_BUCKET",)
_INTERRUPTED = 130
# The name of each kind of line in what people are told, in this order.
_TOLD = {
    "document": "documents",
    "chunk": "chunks",
    "golden": "golden questions",
    "question": "questions",
    "cluster": "clusters of unanswered questions",
    "classifier": "classifiers",
    "adapter": "query adapters",
    "key": "keys, without secrets",
}


def export(
    knowledge_base: Annotated[str, typer.Argument(help="The collection of documents.")],
    file: Annotated[Path, typer.Argument(help="What to write, such as help.jsonl.gz.")],
    without_questions: Annotated[
        bool,
        typer.Option(
            "--without-questions", help="Neither questions nor feedback; sums stay in it."
        ),
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Write a whole knowledge base to a file; the documents' own files stay in the bucket.

    Everybody who can read the file can read what the documents say and what people asked.
    """
    from collections import Counter

    counts = Counter[str]()
    with deployment(data_dir, DATABASE):
        from footnote import bootstrap
        from footnote.export_knowledge_base import ExportRequest, Totals, export_knowledge_base

        request = ExportRequest(
            knowledge_base=KnowledgeBaseId(knowledge_base),
            path=file,
            at=datetime.now(UTC),
            with_questions=not without_questions,
        )
        totals = Totals()
        try:
            with _progress(as_json=as_json) as progress:
                task = progress.add_task("writing", total=None)
                kinds = export_knowledge_base(request, bootstrap.export_ports(), totals)
                with closing(kinds):
                    for kind in kinds:
                        counts[kind] += 1
                        progress.update(task, advance=1, total=totals.lines or None)
        except KeyboardInterrupt as interrupt:
            errors.print("Stopped. Nothing was written.")
            raise typer.Exit(_INTERRUPTED) from interrupt
    if as_json:
        print_json({"file": str(file), "bytes": file.stat().st_size, "lines": dict(counts)})
        return
    console.print(_table(counts))
    console.print(f"{file}: {file.stat().st_size / 2**20:.1f} MB", highlight=False, markup=False)


def import_command(
    file: Annotated[Path, typer.Argument(help="What `footnote export` wrote.")],
    name: Annotated[
        str | None,
        typer.Option("--as", help="The knowledge base's name here; unless given, its own."),
    ] = None,
    merge: Annotated[
        bool,
        typer.Option("--merge", help="Add to what is there; what is there already stays as it is."),
    ] = False,
    embed_anew: Annotated[
        bool,
        typer.Option("--embed-anew", help="By the model that embeds here, where it is another."),
    ] = False,
    share_embeddings: Annotated[
        bool,
        typer.Option(
            "--share-embeddings",
            help="The file is trusted: what it embeds is not embedded again in any knowledge base.",
        ),
    ] = False,
    no_bucket: Annotated[
        bool, typer.Option("--no-bucket", help="Do not look which files the bucket holds.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Read a knowledge base from a file: all of it, or nothing.

    The documents' own files are not in it: copy them into the bucket afterwards, under the same
    keys. Until a file is there, its document is answered from and reconciliation leaves it alone.
    """
    if name is not None and not is_knowledge_base(name):
        message = "a name has a-z, 0-9 and -, and 63 characters at most"
        raise typer.BadParameter(message)
    needed = (DATABASE,) if no_bucket else (DATABASE, _BUCKET)
    with deployment(data_dir, *needed):
        from footnote import bootstrap
        from footnote.import_knowledge_base import ImportRequest
        from footnote.transfer.port import ImportReport

        request = ImportRequest(
            path=file,
            name=KnowledgeBaseId(name) if name else None,
            merge=merge,
            embed_anew=embed_anew,
            share_embeddings=share_embeddings,
        )
        report = ImportReport(request.name or KnowledgeBaseId(""))
        try:
            with _progress(as_json=as_json) as progress:
                _run(request, bootstrap.import_ports(with_bucket=not no_bucket), report, progress)
        except KeyboardInterrupt as interrupt:
            kept = " What was embedded is kept." if embed_anew else ""
            errors.print(f"Stopped. Nothing was imported; the same command begins anew.{kept}")
            raise typer.Exit(_INTERRUPTED) from interrupt
    if as_json:
        print_json(_as_json(report))
        return
    _tell(report)


def _run(
    request: "ImportRequest", ports: "ImportPorts", report: "ImportReport", progress: Progress
) -> None:
    from footnote.import_knowledge_base import check, import_knowledge_base

    task = progress.add_task("checking", total=None)
    _follow(check(request, ports, report), progress, task)
    lines = report.counts.total()
    progress.update(task, total=lines, completed=lines)
    task = progress.add_task("importing", total=lines)
    _follow(import_knowledge_base(request, ports, report), progress, task)


def _follow(numbers: Generator[int], progress: Progress, task: TaskID) -> None:
    # Closed at once where it is interrupted: what was begun is taken back before the pool closes.
    with closing(numbers):
        for number in numbers:
            progress.update(task, completed=number)


def _progress(*, as_json: bool) -> Progress:
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    return Progress(*columns, console=errors, disable=as_json)


def _table(counts: "Counter[str]") -> Table:
    table = plain_table("", "")
    for kind, name in _TOLD.items():
        table.add_row(name, str(counts[kind]))
    return table


def _tell(report: "ImportReport") -> None:
    console.print(_table(report.counts))
    for line in _what_is_left(report):
        # Names in it come from the file, and a terminal obeys what cannot be printed.
        plain = "".join(sign if sign.isprintable() else "?" for sign in line)
        console.print(plain, markup=False, highlight=False, soft_wrap=True)


def _what_is_left(report: "ImportReport") -> Iterator[str]:
    """What whoever imports has to know or do."""
    yield f"Imported into {report.knowledge_base}."
    if report.kept:
        yield f"{report.kept} documents were there already and stay as they are."
    for what, number in sorted(report.left_out.items()):
        yield f"Left out: {number} {what}."
    yield (
        f"In the bucket: {report.seen} files as they were exported, {report.other} in another"
        f" version, {report.unseen} not there."
    )
    if report.unseen or report.other:
        yield (
            "Copy the files that are not there under the same keys: each is read when it comes, and"
            " `footnote reconcile` reads the others. Until then their documents are answered from"
            " as they were exported."
        )
    if report.keys:
        yield f"Keys to be made anew, by `footnote keys create`: {', '.join(report.keys)}."
    if report.route:
        route = " ".join(report.route)
        yield f"Its questions went to these models: {route}; `footnote models route` sets that."


def _as_json(report: "ImportReport") -> dict[str, object]:
    return {
        "knowledge_base": report.knowledge_base,
        "lines": dict(report.counts),
        "left_out": dict(report.left_out),
        "documents_kept": report.kept,
        "files": {"seen": report.seen, "other": report.other, "missing": report.unseen},
        "keys_to_make": report.keys,
        "route": report.route,
    }
