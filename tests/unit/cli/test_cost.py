"""`footnote cost`: a table for people, and for programs all that it rests on."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from footnote.cli.application import app
from footnote.costs.measured import MEASURED
from footnote.costs.prices import PRICES


def cost(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["cost", *map(str, arguments)])


def told(*arguments: object) -> dict[str, Any]:
    result = cost(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_without_traffic_the_presets_stand_beside_each_other_and_others_below() -> None:
    shown = cost().stdout
    assert all(preset in shown for preset in ("idle", "small", "large"))
    assert all(name in shown for name in ("Database=external", "Database=aurora", "Kendra"))
    assert "no free tier counted" in shown
    assert "Measured 20" in shown


def test_a_bill_has_a_line_for_each_item_and_says_what_drives_it() -> None:
    shown = cost("--questions", 1000, "--documents", 5000).stdout
    assert "1,000 questions a day" in shown
    assert "5,000 documents, 500 new or changed a month" in shown
    assert "NAT gateway" in shown
    assert shown.count("Drives it:") == 2
    assert "for the first time" in shown


def test_programs_get_every_price_with_its_source_and_every_assumption() -> None:
    reply = told("--preset", "small", "--database", "external")
    assert list(reply["bills"]) == ["external"]
    bill = reply["bills"]["external"]
    assert bill["usd"] == pytest.approx(sum(line["usd"] for line in bill["lines"]), abs=1e-4)
    used = reply["prices"]["used"]
    assert {line["price"] for line in bill["lines"]} == used.keys()
    assert all(price["source"].startswith("https://") for price in used.values())
    assert "seconds that a function waits for a model" in reply["assumptions"]["model_s"]
    assert reply["measured"]["run"]["measured_on"].startswith("20")


def test_a_free_tier_is_not_assumed() -> None:
    paid, free = told("--preset", "small"), told("--preset", "small", "--free-tier")
    assert paid["prices"]["free_tier"] is False
    assert free["bills"]["external"]["usd"] < paid["bills"]["external"]["usd"]


def test_extracts_cost_no_tokens_and_need_no_way_out() -> None:
    parts = told("--preset", "small", "--by-model", 0)["bills"]["aurora"]
    assert "model" not in parts["parts"]
    assert not [line for line in parts["lines"] if line["item"].startswith("NAT")]


def test_a_models_own_price_is_told_by_the_million_tokens() -> None:
    dear = told("--questions", 100, "--input-price", 4, "--output-price", 16)
    usual = told("--questions", 100)
    ten_times = 10 * usual["bills"]["external"]["parts"]["model"]
    assert dear["bills"]["external"]["parts"]["model"] == pytest.approx(ten_times)


@pytest.mark.parametrize("option", ["--questions", "--by-model", "--reconcile-a-day"])
@pytest.mark.parametrize("value", ["nan", "inf", "-1"])
def test_what_is_no_number_to_reckon_with_is_refused(option: str, value: str) -> None:
    assert cost(option, value).exit_code == 2


def test_what_a_file_of_prices_leaves_out_is_named_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    kept = PRICES.read_text().replace("[prices.secret_month]", "[prices.something_else]")
    path.write_text(kept)
    bill = told("--preset", "small", "--prices", path)["bills"]["external"]
    assert bill["not_priced"] == ["secrets"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--preset", "huge"), "huge is no preset; there are idle, small, large"),
        (("--prices", "none.toml"), "none.toml cannot be read as a file of prices"),
        (("--measured", "none.toml"), "none.toml cannot be read as measurements"),
        (("--measured", PRICES), "measurements of `make bench-cost`"),
        (("--prices", MEASURED), "is not a file of prices"),
    ],
)
def test_what_cannot_be_is_refused_in_words(arguments: tuple[object, ...], why: str) -> None:
    result = cost(*arguments)
    assert result.exit_code == 1
    assert why in " ".join(result.stderr.split())
