"""The tables of README and docs/cost.md are what `footnote cost` says."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from footnote.cli.bills import Asked
from footnote.costs.bill import Tariff, bill_of
from footnote.costs.curve import read_curve
from footnote.costs.deployment import DatabaseKind, Deployment
from footnote.costs.measured import read_measured
from footnote.costs.prices import read_prices
from footnote.costs.simulation import Wanted, first_ingest, simulate, simulated_uses
from footnote.costs.traffic import PRESETS, Traffic
from footnote.costs.uses import Basis

ROOT = Path(__file__).parents[3]
ASKED = Asked(
    tariff=Tariff(prices=read_prices()),
    measured=read_measured(),
    deployments=tuple(Deployment(database=kind) for kind in DatabaseKind),
    today=date.today(),
)


def told() -> set[str]:
    """Every sum, as tables show it."""
    sums: set[Decimal] = set()
    for traffic in PRESETS.values():
        bills = list(ASKED.bills(traffic).values())
        model = bills[0].parts().get("model", Decimal(0))
        sums |= {model, *(bill.usd for bill in bills)}
        sums |= {one.usd(model) for one in ASKED.others(traffic)}
    return {f"{usd:,.2f}" for usd in sums}


@pytest.mark.parametrize(
    ("page", "heading"),
    [
        ("README.md", "## What it costs"),
        ("docs/cost.md", "## Three sizes"),
        ("docs/cost.md", "## What others publish"),
    ],
)
def test_every_sum_of_a_table_is_one_that_the_command_prints(page: str, heading: str) -> None:
    section = (ROOT / page).read_text().split(f"{heading}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    # The last column of the longest table tells prices, not sums.
    cells = [cell for row in rows for cell in row.split("|")[2:5]]
    shown = re.findall(r"[\d,]+\.\d\d", " ".join(cells))
    assert len(shown) >= 9
    assert set(shown) <= told()


@pytest.mark.parametrize("by_model", [0.0, 1.0])
def test_the_simulated_size_is_what_the_command_prints(by_model: float) -> None:
    told = (ROOT / "docs/growth.md").read_text().split("## 10⁹ chunks")[1]
    traffic = Traffic(questions_a_day=0, documents=0, changed_a_month=0, by_model=by_model)
    aurora = Deployment(database=DatabaseKind.AURORA)
    basis = Basis(traffic=traffic, deployment=aurora, measured=ASKED.measured)
    found = simulate(Wanted(), read_curve(), basis)
    month = bill_of(simulated_uses(found, read_curve(), basis), ASKED.tariff)
    assert f"{found.shards} of {found.acu:g} ACU" in told
    assert f"p95 {1e3 * found.busiest.total(0.95):.0f} ms" in told
    assert f"{month.usd:,.0f}" in told
    assert f"{bill_of(first_ingest(found, basis), ASKED.tariff).usd:,.0f} US dollars" in told
