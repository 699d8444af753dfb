"""`footnote add`: documents, from files to what searches find."""

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
)
from footnote.client import ApiClient

UNFINISHED = ("pending", "processing")
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
        console.print(documents_table(documents))
    if any(document["status"] in {"failed", *UNFINISHED} for document in documents):
        raise typer.Exit(1)


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
        waiting = sum(document["status"] in UNFINISHED for document in documents)
        progress.update(task, completed=len(uploaded) - waiting)
        if not waiting or time.monotonic() >= deadline:
            return documents
        time.sleep(_POLL_S)


def _state(key: str, version: str | None, known: dict[str, Any] | None) -> dict[str, Any]:
    """What is known of the uploaded version; an older one does not count."""
    if known is None or (version and known["version_id"] != version):
        known = {"status": "pending", "reason": None, "chunks": 0}
    return {"key": key} | {name: known[name] for name in ("status", "reason", "chunks")}


def documents_table(documents: Iterable[dict[str, Any]]) -> Table:
    """A line for each: its key, its status, and why it is not ready."""
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
