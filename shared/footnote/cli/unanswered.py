"""`footnote unanswered`: what people asked for and did not get."""

from enum import StrEnum
from itertools import islice
from typing import Annotated, Any

import typer

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


class Shown(StrEnum):
    """Which clusters are shown."""

    OPEN = "open"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    ALL = "all"


def unanswered(
    knowledge_base: KnowledgeBase = "default",
    state: Annotated[
        Shown, typer.Option(help="Those that nothing answers yet, that a document closed, or all.")
    ] = Shown.OPEN,
    most: Annotated[int, typer.Option("--limit", min=1, help="So many clusters at most.")] = 20,
    dismiss: Annotated[
        str | None, typer.Option(metavar="ID", help="Say that no document has to answer this one.")
    ] = None,
    reopen: Annotated[
        str | None, typer.Option(metavar="ID", help="Take that back, or what closed it.")
    ] = None,
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Show declined and down-voted questions, those that are alike as one, the most asked first.

    A cluster closes by itself when a later document answers it, and tells which.
    """
    client = ApiClient(api)
    with api_errors():
        if dismiss:
            client.set_cluster_state(knowledge_base, dismiss, "dismissed")
        if reopen:
            client.set_cluster_state(knowledge_base, reopen, "open")
        wanted = "" if state is Shown.ALL else state.value
        clusters = list(islice(client.unanswered(knowledge_base, state=wanted), most))
    if as_json:
        print_json(clusters)
        return
    if not clusters:
        which = "" if state is Shown.ALL else f" {state.value}"
        console.print(f"There are no{which} questions without an answer.", highlight=False)
    for cluster in clusters:
        _show(cluster)


def _show(cluster: dict[str, Any]) -> None:
    number = cluster["questions"]
    print_text(f"{number:4d} x {_line(cluster['question'])}", "bold")
    seen = f"first {_day(cluster['first_seen'])}, last {_day(cluster['last_seen'])}"
    state = "" if cluster["state"] == "open" else f", {cluster['state']}"
    print_text(
        f"       {cluster['declined']} declined, {cluster['down_voted']} down-voted; {seen}{state}",
        "dim",
    )
    for example in cluster["examples"]:
        if example["question"] != cluster["question"]:
            print_text(f"       also: {_line(example['question'])}")
    if closed_by := cluster["closed_by"]:
        print_text(f"       answered by {_line(closed_by['key'])}: “{_line(closed_by['quote'])}”")
    print_text(f"       {cluster['cluster_id']}", "dim")


def _line(text: str) -> str:
    """Words of strangers on one line, without what steers a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _day(moment: str) -> str:
    return moment[:16].replace("T", " ")
