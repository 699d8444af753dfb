"""How models, routes and what they cost are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rich.table import Table
from rich.text import Text

from footnote.cli.output import console, plain_table, print_json, print_text
from footnote.domain.model import MILLION, Catalogue, Model, Route

# From so many days on before an endpoint drops a model people should look for another one.
SOON_DAYS = 60
_NO_ROUTE = (
    "No route for all knowledge bases: where one has none of its own, the model of "
    "FOOTNOTE_GENERATION_* answers, or extracts do. `footnote models route NAME...` sets it."
)


def show_catalogue(catalogue: Catalogue, *, as_json: bool) -> None:
    """Every model, and every route."""
    if as_json:
        print_json(
            {
                "models": [_told(asdict(model)) for model in catalogue.models.values()],
                "routes": [asdict(route) for route in catalogue.routes.values()],
            }
        )
        return
    if catalogue.models:
        models = list(catalogue.models.values())
        console.print(_models(models))
        console.print()
        console.print(_endpoints(models))
    if catalogue.routes:
        console.print()
        console.print(_routes(list(catalogue.routes.values())))
    if not catalogue.is_complete:
        print_text(_NO_ROUTE, "dim")


def show_usage(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """What models did and cost, day by day."""
    if as_json:
        print_json([_told(row) for row in rows])
        return
    headings = ("day", "model", "calls", "tokens in", "out", "dollars", "p50", "escalated")
    table = plain_table(*headings)
    for row in rows:
        table.add_row(
            str(row["day"]),
            Text(_full_name(row)),
            f"{row['calls']:,}",
            _tokens(row["input_tokens"]),
            _tokens(row["output_tokens"]),
            _cost(row),
            _seconds(row["latency_p50_ms"]),
            str(row["escalated"]),
        )
    console.print(table)
    for row in rows:
        _explain(row)


def _explain(row: Mapping[str, Any]) -> None:
    """What the table has no room for: why calls were not good, and which have no price."""
    told = [f"{count:,} {name}" for name, count in sorted(row["outcomes"].items())]
    if row["unpriced"]:
        told.append(f"{row['unpriced']:,} without a price")
    if told:
        print_text(f"{row['day']} {_full_name(row)}: {', '.join(told)}", "dim")


def _seconds(milliseconds: float | None) -> str:
    """Empty where only sums are known."""
    return "" if milliseconds is None else f"{milliseconds / 1000:.1f} s"


def _tokens(number: int) -> str:
    """Exact, as long as that is short."""
    return f"{number:,}" if number < MILLION else f"{number / MILLION:,.1f} M"


def _models(models: Sequence[Model]) -> Table:
    table = plain_table("model", "kind", "$ in / out per million", "context", "sunset")
    for model in models:
        kind = f"{model.kind} {model.checkpoint or ''}".rstrip()
        prices = f"{_dollars(model.input_price)} / {_dollars(model.output_price)}"
        context = f"{model.context_tokens:,}" if model.context_tokens else ""
        table.add_row(Text(model.name), Text(kind), prices, context, _sunset(model.sunset))
    return table


def _endpoints(models: Sequence[Model]) -> Table:
    table = plain_table("model", "is", "at")
    for model in models:
        table.add_row(Text(model.name), Text(model.remote_name), Text(model.base_url))
    return table


def _routes(routes: Sequence[Route]) -> Table:
    table = plain_table("knowledge base", "asks", "candidate", "shadow")
    for route in routes:
        steps = Text(" → ".join(route.steps))
        candidate = _share(route.candidate, route.candidate_share)
        table.add_row(route.kb, steps, candidate, _share(route.shadow, route.shadow_share))
    return table


def _share(name: str | None, share: float) -> Text:
    return Text(f"{name} {share:.0%}" if name else "")


def _sunset(day: date | None) -> Text:
    if day is None:
        return Text("")
    left = days_left(day)
    return Text(str(day), style="red" if left <= 0 else "yellow" if left <= SOON_DAYS else "")


def days_left(day: date) -> int:
    """Days until an endpoint drops a model; none, or fewer, where it did."""
    return (day - datetime.now(UTC).date()).days


def _dollars(price: Decimal | None) -> str:
    return "?" if price is None else f"${price.normalize():f}"


def _full_name(row: Mapping[str, Any]) -> str:
    checkpoint = f" {row['checkpoint']}" if row["checkpoint"] else ""
    return f"{row['model']}{checkpoint}{' (shadow)' if row['shadow'] else ''}"


def _cost(row: Mapping[str, Any]) -> str:
    known = "" if row["cost_usd"] is None else f"{row['cost_usd']:.4f}"
    return known if not row["unpriced"] else f"{known} + ?".strip()


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON can hold it."""
    return {
        name: float(value)
        if isinstance(value, Decimal)
        else value.isoformat()
        if isinstance(value, date)
        else value
        for name, value in row.items()
    }
