"""`footnote ask` and `footnote search`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from footnote.cli.filters import FilterJson, Filters, read_filter
from footnote.cli.following import follow
from footnote.cli.output import (
    DEFAULT_API_URL,
    ApiUrl,
    AsJson,
    KnowledgeBase,
    api_errors,
    console,
    plain_table,
    print_error,
    print_json,
    print_text,
)
from footnote.client import ApiClient

_EXTRACTIVE = "Extractive: sentences quoted verbatim, no language model is connected."
_FALLBACK = "Extractive: sentences quoted verbatim, the language model could not answer"
_CACHED = "Asked before: everything that the answer cites still stands."
_SHOWN_CHARS = 160

Question = Annotated[str, typer.Argument(help="What you want to know.")]


def ask(
    question: Question,
    knowledge_base: KnowledgeBase = "default",
    filters: Filters = None,
    filter_json: FilterJson = None,
    output_schema: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A JSON schema: data instead of sentences."),
    ] = None,
    conversation: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Ask on in a conversation; a reply tells its id."),
    ] = None,
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Answer a question from the documents, with a citation after every sentence.

    Of a question that leans on the ones before, it is told what it was understood as.
    """
    wanted = read_filter(filters, filter_json)
    client = ApiClient(api)
    schema = _read_schema(output_schema) if output_schema else None
    with api_errors():
        if schema is not None:
            reply = client.ask(question, knowledge_base, wanted, schema, conversation)
        elif console.is_terminal and not as_json:
            events = client.ask_stream(question, knowledge_base, wanted, conversation)
            reply = follow(events, console)
        else:
            reply = client.ask(question, knowledge_base, wanted, None, conversation)
    if as_json:
        print_json(reply)
    else:
        _print_understood(reply, question)
        _print_answer(reply)
        _print_conversation(reply, conversation)


def search(
    question: Question,
    knowledge_base: KnowledgeBase = "default",
    top_k: Annotated[int, typer.Option(min=1, max=100, help="How many passages.")] = 10,
    filters: Filters = None,
    filter_json: FilterJson = None,
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Find the passages that fit a question, best first."""
    wanted = read_filter(filters, filter_json)
    with api_errors():
        reply = ApiClient(api).search(question, knowledge_base, top_k, wanted)
    if as_json:
        print_json(reply)
        return
    table = plain_table("#", "score", "where", "text")
    for passage in reply["passages"]:
        text = " ".join(passage["text"].split())
        shown = text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"
        table.add_row(str(passage["rank"]), f"{passage['score']:.2f}", place_of(passage), shown)
    console.print(table, markup=False)


def place_of(source: dict[str, Any]) -> str:
    """Where a passage or a citation stands: title, page, heading path."""
    parts = [source["title"] or source["key"]]
    if source.get("page"):
        parts.append(f"page {source['page']}")
    path = [heading for heading in source.get("heading_path") or [] if heading != parts[0]]
    return ", ".join([*parts, *([" > ".join(path)] if path else [])])


def _read_schema(path: Path) -> dict[str, Any]:
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        message = f"{path} is no JSON: {error}"
        raise typer.BadParameter(message) from None
    if not isinstance(schema, dict):
        message = f"{path} holds no JSON schema: that is an object"
        raise typer.BadParameter(message)
    return schema


def _print_understood(reply: dict[str, Any], question: str) -> None:
    understood = reply.get("question", question)
    if understood.strip() != question.strip():
        print_text(f"Understood as: {understood}", "dim")


def _print_conversation(reply: dict[str, Any], asked_in: str | None) -> None:
    """Its id, where somebody looks who may ask on; and that it is another one than was named."""
    now = reply["conversation_id"]
    if asked_in not in (None, now):
        print_error(f"There is no conversation {asked_in} to go on with here: a new one was begun.")
    if asked_in or console.is_terminal:
        print_text(f"Ask on with --conversation {now}", "dim")


def _print_answer(reply: dict[str, Any]) -> None:
    if reply["status"] == "declined":
        print_text("The documents do not say.")
        return
    output = reply.get("output")
    pretty = json.dumps(output, indent=2, ensure_ascii=False)
    print_text(reply["answer"] if output is None else pretty)
    if reply["model"] == "extractive":
        why = reply.get("fallback")
        print_text(f"{_FALLBACK} ({why})." if why else _EXTRACTIVE, "dim")
    if reply.get("cached"):
        print_text(_CACHED, "dim")
    console.print()
    for citation in reply["citations"]:
        field = f"{citation['field']}: " if citation.get("field") else ""
        print_text(f"[{citation['marker']}] {field}{place_of(citation)}", "bold")
        print_text(f"    “{' '.join(citation['quote'].split())}”")
        print_text(f"    {citation.get('url') or citation['key']}", "dim")
