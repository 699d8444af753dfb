"""Bills as tables for people and as values for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from rich.text import Text

from footnote.cli.output import console, plain_table, print_text
from footnote.costs.alternatives import Alternative, alternatives
from footnote.costs.aurora import remark_of
from footnote.costs.bill import Bill, Tariff, bill_of
from footnote.costs.deployment import API_MB, INGEST_MB, INTAKE_MB, Deployment, Egress
from footnote.costs.measured import Measured
from footnote.costs.prices import warnings_of
from footnote.costs.traffic import PRESETS, Traffic
from footnote.costs.uses import Basis, first_reading, uses_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a bill is wanted of."""

    tariff: Tariff
    measured: Measured
    deployments: tuple[Deployment, ...]
    today: date

    def basis(self, traffic: Traffic, deployment: Deployment) -> Basis:
        """One month of one deployment; in Aurora's network a model is reached through a NAT."""
        if deployment.has_aurora and traffic.by_model:
            deployment = replace(deployment, egress=Egress.NAT)
        return Basis(traffic=traffic, deployment=deployment, measured=self.measured)

    def bills(self, traffic: Traffic) -> dict[str, Bill]:
        """A month's bill of each deployment, by its database."""
        return {
            one.database.value: bill_of(uses_of(self.basis(traffic, one)), self.tariff)
            for one in self.deployments
        }

    def remark(self, traffic: Traffic, deployment: Deployment) -> str:
        """What the template's own parameters would not give."""
        basis = self.basis(traffic, deployment)
        return remark_of(traffic, basis.deployment, self.measured, basis.assumptions)

    def others(self, traffic: Traffic) -> list[Alternative]:
        """What others publish."""
        return alternatives(traffic, self.measured, self.tariff)


def every_preset(by_model: float | None) -> dict[str, Traffic]:
    """The presets, with another share of questions that a model answers where one is given."""
    if by_model is None:
        return dict(PRESETS)
    return {name: replace(one, by_model=by_model) for name, one in PRESETS.items()}


def show(asked: Asked, traffic: Traffic) -> None:
    """Every line of each bill, what drives it, and what others ask for."""
    print_text(_work(traffic))
    for name, bill in asked.bills(traffic).items():
        console.print(f"\n[bold]Database={name}[/bold]")
        table = plain_table("", "a month", "of", "USD")
        for line in bill.lines:
            unit = asked.tariff.prices.prices.get(line.use.price)
            table.add_row(
                Text(f"{line.use.part}: {line.use.item}"),
                _quantity(line.charged),
                unit.per if unit else "",
                _usd(line.usd),
            )
        table.add_row("all", "", "", _usd(bill.usd), style="bold")
        console.print(table)
        print_text(f"Drives it: {_drivers(bill)}.")
    _show_remarks(asked, [traffic])
    first = bill_of(first_reading(asked.basis(traffic, asked.deployments[0])), asked.tariff)
    print_text(
        f"\nReading all {traffic.documents:,} documents for the first time: "
        f"{_usd(first.usd)} USD, once."
    )
    _show_others({"a month, USD": traffic}, asked)
    _show_basis(asked, set().union(*(b.prices for b in asked.bills(traffic).values())))


def show_presets(asked: Asked, presets: Mapping[str, Traffic]) -> None:
    """One line a deployment and one column a preset."""
    for name, traffic in presets.items():
        print_text(f"{name}: {_work(traffic)}")
    table = plain_table("\na month, USD", *(f"\n{name}" for name in presets))
    used: set[str] = set()
    for one in asked.deployments:
        bills = [asked.bills(traffic)[one.database.value] for traffic in presets.values()]
        used = used.union(*(bill.prices for bill in bills))
        table.add_row(f"Footnote, Database={one.database.value}", *(_usd(b.usd) for b in bills))
        tokens = [bill.parts().get("model", Decimal(0)) for bill in bills]
    table.add_row("  of these the model's tokens", *(_usd(usd) for usd in tokens), style="dim")
    console.print(table)
    _show_remarks(asked, list(presets.values()))
    _show_others(presets, asked)
    _show_basis(asked, used)


def _show_remarks(asked: Asked, traffics: Sequence[Traffic]) -> None:
    for one in asked.deployments:
        if not one.has_aurora:
            print_text("Database=external: what your Postgres costs is not in it.", style="dim")
        for traffic in traffics:
            if remark := asked.remark(traffic, one):
                print_text(f"{traffic.documents:,} documents: {remark}.", style="yellow")


def _show_others(presets: Mapping[str, Traffic], asked: Asked) -> None:
    """What others ask for the same traffic, a model's tokens included where they come on top."""
    table = plain_table("\nothers, with the same model", *(f"\n{name}" for name in presets), "\n")
    each = [asked.others(traffic) for traffic in presets.values()]
    tokens = [_model_usd(asked, traffic) for traffic in presets.values()]
    for row in zip(*each, strict=True):
        sums = [_usd(one.usd(usd)) for one, usd in zip(row, tokens, strict=True)]
        table.add_row(Text(row[0].name), *sums, Text(row[0].about, style="dim"))
    console.print(table)


def _show_basis(asked: Asked, used: set[str]) -> None:
    prices, run = asked.tariff.prices, asked.measured.run
    counted = "less the free tier" if asked.tariff.free_tier else "no free tier counted"
    print_text(
        f"\nPrices: {prices.region}, {prices.currency}, looked up {prices.looked_up}, {counted}. "
        f"Measured {run.measured_on} on {run.machine}, load {run.load:g} ({run.command}). "
        f"Memory is charged as the template has it: {_memory(asked.measured)}. "
        "docs/cost.md has sources and assumptions; --json has all of them.",
        style="dim",
    )
    for warning in warnings_of(prices, used - asked.tariff.own.keys(), asked.today):
        print_text(f"Look up again: prices {warning}.", style="yellow")
    for what, missing in prices.not_found.items():
        print_text(f"No price found: {what}: {missing}.", style="dim")


def bill_json(asked: Asked, traffic: Traffic) -> dict[str, Any]:
    """Everything that a bill says, and all that it rests on."""
    bills = asked.bills(traffic)
    used = set().union(*(bill.prices for bill in bills.values()))
    first = bill_of(first_reading(asked.basis(traffic, asked.deployments[0])), asked.tariff)
    return {
        "traffic": asdict(traffic),
        "bills": {name: _bill(bill) for name, bill in bills.items()},
        "remarks": [text for one in asked.deployments if (text := asked.remark(traffic, one))],
        "first_reading_usd": _rounded(first.usd),
        "alternatives": [_other(one, asked, traffic) for one in asked.others(traffic)],
        **_basis(asked, used, traffic),
    }


def presets_json(asked: Asked, presets: Mapping[str, Traffic]) -> dict[str, Any]:
    """The same of every preset."""
    return {name: bill_json(asked, traffic) for name, traffic in presets.items()}


def _basis(asked: Asked, used: set[str], traffic: Traffic) -> dict[str, Any]:
    prices = asked.tariff.prices
    known = prices.model_dump(mode="json")
    basis = asked.basis(traffic, asked.deployments[0])
    return {
        "measured": asked.measured.model_dump(mode="json"),
        "assumptions": basis.assumptions.told(),
        "prices": {
            **{name: known[name] for name in ("region", "currency", "looked_up", "not_found")},
            "used": {
                name: known["prices"][name] for name in sorted(used) if name in known["prices"]
            },
            "own": {name: str(usd) for name, usd in asked.tariff.own.items()},
            "free_tier": asked.tariff.free_tier,
            "warnings": warnings_of(prices, used - asked.tariff.own.keys(), asked.today),
        },
    }


def _bill(bill: Bill) -> dict[str, Any]:
    return {
        "usd": _rounded(bill.usd),
        "parts": {name: _rounded(usd) for name, usd in bill.parts().items()},
        "not_priced": bill.unpriced,
        "lines": [
            {
                "part": line.use.part,
                "item": line.use.item,
                "quantity": line.use.quantity,
                "charged": float(line.charged),
                "price": line.use.price,
                "usd": None if line.usd is None else _rounded(line.usd),
            }
            for line in bill.lines
        ],
    }


def _other(one: Alternative, asked: Asked, traffic: Traffic) -> dict[str, Any]:
    return {
        "name": one.name,
        "about": one.about,
        "service_usd": _rounded(one.bill.usd),
        "with_model_usd": _rounded(one.usd(_model_usd(asked, traffic))),
        "prices": sorted(one.bill.prices),
    }


def _model_usd(asked: Asked, traffic: Traffic) -> Decimal:
    """What the tokens of the answers cost, whoever finds the passages."""
    bills: Sequence[Bill] = list(asked.bills(traffic).values())
    return bills[0].parts().get("model", Decimal(0))


def _memory(measured: Measured) -> str:
    held = measured.memory
    told = (
        ("api", held.api_mb, API_MB),
        ("intake", held.intake_mb, INTAKE_MB),
        ("ingest", held.ingest_mb, INGEST_MB),
    )
    return ", ".join(f"{name} {most:,} MB, of which {mb:,.0f} were used" for name, mb, most in told)


def _work(traffic: Traffic) -> str:
    return (
        f"{traffic.questions_a_day:,.0f} questions a day, {traffic.by_model:.0%} by a model; "
        f"{traffic.documents:,} documents, {traffic.changed_a_month:,} new or changed a month."
    )


def _drivers(bill: Bill) -> str:
    """The dearest parts, each with its share."""
    if not bill.usd:
        return "nothing"
    return ", ".join(
        f"{name} {usd / bill.usd:.0%}" for name, usd in list(bill.parts().items())[:3] if usd
    )


def _quantity(quantity: Decimal) -> str:
    return f"{quantity:,.0f}" if quantity >= 100 else f"{quantity:.3g}"


def _usd(usd: Decimal | None) -> str:
    return "no price" if usd is None else f"{usd:,.2f}"


def _rounded(usd: Decimal) -> float:
    return float(round(usd, 6))
