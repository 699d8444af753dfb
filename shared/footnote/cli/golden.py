"""`footnote golden add|list|remove|run|diff|accept`: answers that are to stay right."""

from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.text import Text

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

GoldenId = Annotated[str, typer.Argument(help="Its id, as `footnote golden list` shows it.")]
_SIGNS = {"kept": ("", "dim"), "removed": ("- ", "red"), "added": ("+ ", "green")}


def add(
    question: Annotated[str, typer.Argument(help="What the documents are to answer.")],
    expected: Annotated[
        str | None, typer.Option(help="Words that the answer is to hold, whatever else it says.")
    ] = None,
    knowledge_base: KnowledgeBase = "default",
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Keep a golden question and ask it: the answer is the baseline."""
    client = ApiClient(api)
    with api_errors():
        golden = client.add_golden(knowledge_base, question, expected)
        golden = client.run_golden(knowledge_base, golden["golden_id"])["golden"]
    if as_json:
        print_json(golden)
        return
    print_text(golden["golden_id"], "bold")
    print_text(golden["baseline"]["text"])
    if golden["holds_expected"] is False:
        errors.print("The answer does not hold the expected words.", style="yellow")


def list_golden(
    knowledge_base: KnowledgeBase = "default",
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Show the golden questions of a knowledge base."""
    with api_errors():
        found = ApiClient(api).golden(knowledge_base)
    if as_json:
        print_json(found)
        return
    table = plain_table("id", "question", "baseline", "changes")
    for one in found:
        status = one["baseline"]["status"] if one["baseline"] else "not asked yet"
        table.add_row(
            one["golden_id"], Text(one["question"]), status, ", ".join(one["changes"]) or "none"
        )
    console.print(table)


def remove(
    golden_id: GoldenId,
    knowledge_base: KnowledgeBase = "default",
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Remove a golden question with its answers."""
    with api_errors():
        removed = ApiClient(api).remove_golden(knowledge_base, golden_id)
    if as_json:
        print_json(removed)


def run(
    knowledge_base: KnowledgeBase = "default",
    force: Annotated[
        bool, typer.Option("--force", help="Also those whose passages are the same.")
    ] = False,
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Ask those again whose passages changed; each is asked once, and paid for as any question."""
    client = ApiClient(api)
    outcomes = []
    with api_errors():
        every = client.golden(knowledge_base)
        with Progress(console=errors, disable=as_json) as progress:
            for one in progress.track(every, description="asking"):
                ran = client.run_golden(knowledge_base, one["golden_id"], force=force)
                outcomes.append(ran)
    if as_json:
        print_json(outcomes)
        return
    asked = sum(one["outcome"] == "asked" for one in outcomes)
    differ = sum(bool(one["golden"]["changes"]) for one in outcomes)
    told = f"{len(outcomes)} golden questions, {asked} asked again; {differ} differ."
    console.print(told, highlight=False)


def diff(
    knowledge_base: KnowledgeBase = "default",
    fail: Annotated[
        bool, typer.Option("--fail", help="Status 1 where there is a difference, for CI.")
    ] = False,
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Show what differs from the baseline, or lacks the words that are expected."""
    with api_errors():
        found = ApiClient(api).golden(knowledge_base)
    differing = [one for one in found if one["changes"] or one["holds_expected"] is False]
    if as_json:
        print_json(differing)
    elif not differing:
        console.print("Nothing differs.", highlight=False)
    else:
        for one in differing:
            _show(one)
    if fail and differing:
        raise typer.Exit(1)


def accept(
    golden_id: GoldenId,
    knowledge_base: KnowledgeBase = "default",
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Take the last answer for the baseline."""
    with api_errors():
        accepted = ApiClient(api).accept_golden(knowledge_base, golden_id)
    if as_json:
        print_json(accepted)
    else:
        console.print("This is the baseline now.", highlight=False)


def _show(golden: dict[str, Any]) -> None:
    print_text(golden["question"], "bold")
    print_text(f"  {golden['golden_id']}  {', '.join(golden['changes'])}", "dim")
    if golden["holds_expected"] is False:
        print_text(f"  expected, and not there: {golden['expected']}", "yellow")
    for run_of_words in golden["words"]:
        sign, style = _SIGNS[run_of_words["op"]]
        print_text(f"  {sign}{run_of_words['text']}", style)
    for sign, style, left, right in (
        ("-", "red", golden["baseline"], golden["current"]),
        ("+", "green", golden["current"], golden["baseline"]),
    ):
        for citation in _only_in(left, right):
            print_text(f"  {sign} {citation['key']}: “{citation['quote']}”", style)


def _only_in(one: dict[str, Any] | None, other: dict[str, Any] | None) -> list[dict[str, Any]]:
    if not (one and other):
        return []
    return [citation for citation in one["citations"] if citation not in other["citations"]]
