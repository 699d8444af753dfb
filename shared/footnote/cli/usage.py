"""`footnote usage`: what was asked, what became of it, and what it cost."""

from typing import Annotated, Any

import typer

from footnote.cli.output import (
    DEFAULT_API_URL,
    ApiUrl,
    AsJson,
    api_errors,
    console,
    plain_table,
    print_json,
    print_text,
)
from footnote.client import ApiClient

_TIME = "as 2026-11-01 or 2026-11-01T12:00Z"


def usage(
    knowledge_base: Annotated[
        str | None,
        typer.Option("--knowledge-base", "-k", help="Of this one only; else of all together."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help=f"Since when, {_TIME}; else 30 days, or 24 hours.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help=f"Until when, {_TIME}; else until now.")
    ] = None,
    by: Annotated[str, typer.Option(metavar="day|hour", help="One line for each.")] = "day",
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Add up the ledger by day or hour (UTC), and by model; with what budgets have left today."""
    wanted = {"knowledge_base": knowledge_base, "from": since, "to": until, "by": by}
    with api_errors():
        reply = ApiClient(api).usage({name: text for name, text in wanted.items() if text})
    if as_json:
        print_json(reply)
        return
    if not reply["total"]["questions"]:
        print_text("Nothing was asked in this time.")
    else:
        _print_times(reply)
        _print_models(reply["models"])
        _print_finding(reply["total"]["finding_usd"])
    _print_budgets(reply["budgets"])


def _print_times(reply: dict[str, Any]) -> None:
    table = plain_table(
        f"{reply['by']} (UTC)", "questions", "answered", "declined", "failed", "kept", "down",
        "p50 ms", "p95 ms", "tokens", "USD",
    )  # fmt: skip
    for part in reply["parts"]:
        if part["questions"]:
            shown = part["at"][: 16 if reply["by"] == "hour" else 10].replace("T", " ")
            table.add_row(shown, *_figures(part))
    table.add_row("all", *_figures(reply["total"]), style="bold")
    console.print(table)


def _figures(part: dict[str, Any]) -> list[str]:
    counts = ("questions", "answered", "declined", "failed", "kept", "thumbs_down")
    tokens = part["input_tokens"] + part["output_tokens"]
    return [
        *(f"{part[name]:,}" for name in counts),
        *("" if part[name] is None else f"{part[name]:,.0f}" for name in ("p50_ms", "p95_ms")),
        f"{tokens:,}",
        _usd(part),
    ]


def _print_models(models: list[dict[str, Any]]) -> None:
    if not models:
        return
    table = plain_table("model", "calls", "not ok", "tokens in", "out", "USD", "p50 ms", "p95 ms")
    for model in models:
        name = model["model"] + (f" ({model['checkpoint']})" if model["checkpoint"] else "")
        counts = ("calls", "not_ok", "input_tokens", "output_tokens")
        table.add_row(
            name + (", shadow" if model["shadow"] else ""),
            *(f"{model[count]:,}" for count in counts),
            _usd(model),
            *(
                "" if model[time] is None else f"{model[time]:,.0f}"
                for time in ("p50_ms", "p95_ms")
            ),
        )
    console.print()
    console.print(table, markup=False)


def _print_finding(usd: float) -> None:
    if usd:
        print_text(f"Embedding questions and reranking passages: {usd:.4f} USD of it.")


def _usd(part: dict[str, Any]) -> str:
    """Dollars; with a plus where some calls have no price."""
    known = f"{part['cost_usd']:.4f}" if part["cost_usd"] else "0"
    return f"{known} +?" if part["unpriced"] else known


def _print_budgets(budgets: list[dict[str, Any]]) -> None:
    if budgets:
        console.print()
    for budget in budgets:
        who = f"{budget['key_id']} ({budget['name']})" if budget["key_id"] else budget["name"]
        left, daily = budget["left_usd"], budget["daily_usd"]
        print_text(f"{who}: {left:.4f} of {daily:.4f} USD left today")
