"""`footnote status`: how knowledge bases stand."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from footnote.cli.documents import UNFINISHED, documents_table
from footnote.cli.output import (
    DEFAULT_API_URL,
    ApiUrl,
    AsJson,
    KnowledgeBase,
    api_errors,
    console,
    print_json,
    print_text,
)
from footnote.client import ApiClient

_REFUSED = ("failed", "skipped")


def status(
    knowledge_base: KnowledgeBase = "default",
    every: Annotated[
        bool, typer.Option("--all", help="Every knowledge base that the key is for.")
    ] = False,
    recall: Annotated[
        bool, typer.Option("--recall", help="What checks of live searches came to, instead.")
    ] = False,
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Count documents by status; show what is worked on, and what failed or was skipped."""
    client = ApiClient(api)
    with api_errors():
        names = client.knowledge_bases() if every else [knowledge_base]
        told = [client.recall(name) if recall else _standing(client, name) for name in names]
    if as_json:
        shown = told if recall else [_for_programs(one) for one in told]
        print_json(shown if every else shown[0])
        return
    for name, one in zip(names, told, strict=True):
        if recall:
            print_text(f"{name}: {recall_in_words(one)}")
        else:
            _show(one)


def _standing(client: ApiClient, name: str) -> dict[str, Any]:
    return {
        "knowledge_base": name,
        "documents": client.document_counts(name),
        "working": _of_statuses(client, name, UNFINISHED),
        "failed": _of_statuses(client, name, _REFUSED),
    }


def _for_programs(standing: dict[str, Any]) -> dict[str, Any]:
    failed = [{"key": one["key"], "reason": one["reason"]} for one in standing["failed"]]
    return standing | {"failed": failed, "working": [one["key"] for one in standing["working"]]}


def _show(standing: dict[str, Any]) -> None:
    largest = sorted(standing["documents"].items(), key=lambda item: -item[1])
    total = ", ".join(f"{count} {name}" for name, count in largest)
    print_text(f"{standing['knowledge_base']}: {total or 'no documents'}")
    if listed := [*standing["working"], *standing["failed"]]:
        console.print(documents_table(listed))


def _of_statuses(
    client: ApiClient, knowledge_base: str, statuses: Iterable[str]
) -> list[dict[str, Any]]:
    return [
        document
        for status in statuses
        for document in client.documents(knowledge_base, status=status)
    ]


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
