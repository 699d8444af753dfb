"""`footnote add` and `footnote status`."""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table

from footnote.cli.output import (
    DEFAULT_API_URL,
    ApiUrl,
    AsJson,
    KnowledgeBase,
    api_errors,
    console,
    errors,
    plain_table,
    print_json,
    print_text,
)
from footnote.client import ApiClient

_UNFINISHED = ("pending", "processing")
_REFUSED = ("failed", "skipped")
_POLL_S = 0.5
_COLOURS = {"ready": "green", "failed": "red", "skipped": "yellow"}


def add(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Files and folders.")],
    knowledge_base: KnowledgeBase = "default",
    timeout_s: Annotated[
        float, typer.Option("--timeout", min=0, help="Seconds to wait for the documents.")
    ] = 600,
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Upload documents and wait until each is ready, or says why not.

    Files in folders keep their path. Status 1 where a document failed or is not done in time.
    """
    with api_errors():
        documents = upload_and_wait(
            ApiClient(api), knowledge_base, paths, timeout_s, silent=as_json
        )
    if as_json:
        print_json(documents)
    else:
        console.print(_table(documents))
    if any(document["status"] in {"failed", *_UNFINISHED} for document in documents):
        raise typer.Exit(1)


def status(
    knowledge_base: KnowledgeBase = "default",
    recall: Annotated[
        bool, typer.Option("--recall", help="What checks of live searches came to, instead.")
    ] = False,
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Count documents by status; show what is worked on, and what failed or was skipped."""
    if recall:
        _show_recall(knowledge_base, api, as_json=as_json)
        return
    with api_errors():
        client = ApiClient(api)
        counts = client.document_counts(knowledge_base)
        working = _of_statuses(client, knowledge_base, _UNFINISHED)
        failed = _of_statuses(client, knowledge_base, _REFUSED)
    if as_json:
        reasons = [{"key": document["key"], "reason": document["reason"]} for document in failed]
        print_json(
            {
                "knowledge_base": knowledge_base,
                "documents": counts,
                "failed": reasons,
                "working": [document["key"] for document in working],
            }
        )
        return
    largest = sorted(counts.items(), key=lambda item: -item[1])
    total = ", ".join(f"{count} {name}" for name, count in largest)
    console.print(f"{knowledge_base}: {total or 'no documents'}", highlight=False)
    if failed or working:
        console.print(_table([*working, *failed]))


def _of_statuses(
    client: ApiClient, knowledge_base: str, statuses: Iterable[str]
) -> list[dict[str, Any]]:
    return [
        document
        for status in statuses
        for document in client.documents(knowledge_base, status=status)
    ]


def _show_recall(knowledge_base: str, api: str, *, as_json: bool) -> None:
    with api_errors():
        report = ApiClient(api).recall(knowledge_base)
    if as_json:
        print_json(report)
    else:
        print_text(f"{knowledge_base}: {recall_in_words(report)}")


def recall_in_words(report: dict[str, Any]) -> str:
    """What `GET /v1/recall` says, as a sentence."""
    if report["exact"]:
        return f"searches of {report['chunks']} chunks are exact"
    if report["recall"] is None:
        return f"no search was checked in time yet, of {report['checks']} that were to be"
    late = report["checks"] - report["measured"]
    return (
        f"recall {report['recall']:.3f}, of the worst search {report['lowest']:.2f}; "
        f"{report['measured']} searches were checked, {late} could not be in time"
    )


def files_in(paths: Iterable[Path]) -> list[tuple[str, Path]]:
    """Names and files to upload: a folder's files by their path from it; hidden ones stay out."""
    found: list[tuple[str, Path]] = []
    for path in paths:
        if path.is_file():
            found.append((path.name, path))
            continue
        for file in sorted(path.rglob("*")):
            name = file.relative_to(path)
            if file.is_file() and not any(part.startswith(".") for part in name.parts):
                found.append((name.as_posix(), file))
    return found


def upload_and_wait(
    client: ApiClient, knowledge_base: str, paths: Iterable[Path], timeout_s: float, *, silent: bool
) -> list[dict[str, Any]]:
    """Where each document stands once all are done, or the time is over; with a progress bar."""
    with Progress(console=errors, disable=silent) as progress:
        uploaded = _upload(client, knowledge_base, files_in(paths), progress)
        return _wait(client, knowledge_base, uploaded, timeout_s, progress)


def _upload(
    client: ApiClient, knowledge_base: str, files: Sequence[tuple[str, Path]], progress: Progress
) -> dict[str, str | None]:
    """The version that each key got."""
    uploaded = {}
    task = progress.add_task("uploading", total=len(files))
    for name, path in files:
        ticket = client.upload(knowledge_base, name, path.read_bytes())
        uploaded[ticket["key"]] = ticket["version_id"]
        progress.advance(task)
    return uploaded


def _wait(
    client: ApiClient,
    knowledge_base: str,
    uploaded: dict[str, str | None],
    timeout_s: float,
    progress: Progress,
) -> list[dict[str, Any]]:
    deadline = time.monotonic() + timeout_s
    task = progress.add_task("understanding", total=len(uploaded))
    while True:
        known = {document["key"]: document for document in client.documents(knowledge_base)}
        documents = [_state(key, version, known.get(key)) for key, version in uploaded.items()]
        waiting = sum(document["status"] in _UNFINISHED for document in documents)
        progress.update(task, completed=len(uploaded) - waiting)
        if not waiting or time.monotonic() >= deadline:
            return documents
        time.sleep(_POLL_S)


def _state(key: str, version: str | None, known: dict[str, Any] | None) -> dict[str, Any]:
    """What is known of the uploaded version; an older one does not count."""
    if known is None or (version and known["version_id"] != version):
        known = {"status": "pending", "reason": None, "chunks": 0}
    return {"key": key} | {name: known[name] for name in ("status", "reason", "chunks")}


def _table(documents: Iterable[dict[str, Any]]) -> Table:
    from rich.text import Text

    table = plain_table("document", "status", "chunks", "reason")
    for document in documents:
        colour = _COLOURS.get(document["status"], "")
        table.add_row(
            Text(document["key"]),
            Text(document["status"], style=colour),
            str(document["chunks"]),
            Text(document["reason"] or _progress(document)),
        )
    return table


def _progress(document: dict[str, Any]) -> str:
    """How far a long document is."""
    total = document.get("to_embed")
    return f"{document['embedded']} of {total} texts embedded" if total else ""
