"""`footnote kb settings`: how a knowledge base wants its questions to be answered."""

from typing import Annotated, Any

import typer

from footnote.cli.output import (
    DEFAULT_API_URL,
    ApiUrl,
    AsJson,
    KnowledgeBase,
    api_errors,
    print_json,
    print_text,
)
from footnote.client import ApiClient

_UNSET = "(nothing)"
_SETTINGS = ("persona", "answer_format", "cache_answers", "label_routes")


def settings(
    knowledge_base: KnowledgeBase = "default",
    persona: Annotated[
        str | None,
        typer.Option(help="Who speaks and in which tone; an empty text takes it away."),
    ] = None,
    answer_format: Annotated[
        str | None,
        typer.Option(help="How an answer is laid out; an empty text takes it away."),
    ] = None,
    cache: Annotated[
        bool | None,
        typer.Option("--cache/--no-cache", help="Keep answers for the next time, or none at all."),
    ] = None,
    classifier: Annotated[
        str | None, typer.Option(help="The classifier whose labels say who answers.")
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LABEL=MODEL",
            help="Who answers questions of a label; `LABEL=` where no document is to.",
        ),
    ] = None,
    no_labels: Annotated[
        bool, typer.Option("--no-labels", help="Labels say nothing of who answers.")
    ] = False,
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Show the settings of a knowledge base; change those that are given.

    Models are told persona and format below the rules, which they cannot change.
    """
    if bool(classifier) != bool(label) or (no_labels and label):
        message = "--classifier and --label go together, and not with --no-labels"
        raise typer.BadParameter(message)
    given = {"persona": persona, "answer_format": answer_format, "cache_answers": cache}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if label or no_labels:
        routes = {"classifier": classifier, "models": dict(map(_route, label or []))}
        changes["label_routes"] = routes if label else None
    client = ApiClient(api)
    with api_errors():
        shown = client.settings(knowledge_base)
        if changes:
            known = {name: value for name, value in shown.items() if name in _SETTINGS}
            shown = client.put_settings(knowledge_base, known | changes)
    if as_json:
        print_json(shown)
    else:
        _show(shown)


def _show(shown: dict[str, Any]) -> None:
    for title, name in (("Persona", "persona"), ("Answer format", "answer_format")):
        print_text(title, "bold")
        print_text(shown[name] or _UNSET, None if shown[name] else "dim")
    print_text("Answers", "bold")
    print_text("kept for the next time" if shown["cache_answers"] else "not kept")
    routes = shown["label_routes"]
    if routes:
        print_text(f"By the labels of {routes['classifier']}", "bold")
        for label, model in routes["models"].items():
            print_text(f"{label}: {model or 'not for the documents'}")


def _route(text: str) -> tuple[str, str | None]:
    label, sign, model = text.rpartition("=")
    if not sign or not label:
        message = f"{text} is not of the form LABEL=MODEL, or LABEL= where no document is to answer"
        raise typer.BadParameter(message)
    return label, model or None
