"""The file of prices: each with a source and a day, none invented, old ones named."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from footnote.costs.prices import PRICES, read_prices, warnings_of
from footnote.domain.errors import SettingsError

GOOD = """
region = "us-east-1"
currency = "USD"
looked_up = 2026-11-29

[prices.request]
usd = "0.5"
per = "request"
source = "https://example.com/prices"
as_of = 2026-06-01
"""
TODAY = date(2026, 11, 29)


def written(folder: Path, text: str) -> Path:
    path = folder / "prices.toml"
    path.write_text(text)
    return path


def test_every_price_of_ours_has_a_source_and_none_is_of_a_day_to_come() -> None:
    prices = read_prices()
    assert len(prices.prices) > 40
    assert all(price.source.scheme == "https" for price in prices.prices.values())
    assert prices.looked_up <= date.today()


def test_amounts_are_text_so_that_no_digit_is_lost() -> None:
    # TOML's floats are binary: 0.0000166667 would not come back as it was written.
    assert '\nusd = "' in PRICES.read_text()
    assert read_prices().usd("lambda_gb_second") == Decimal("0.0000166667")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("as_of = 2026-06-01", "as_of = 2026-11-30"), "2026-11-30 is yet to come"),
        (("looked_up = 2026-11-29", "looked_up = 2027-01-01"), "2027-01-01 is yet to come"),
        (('usd = "0.5"', 'usd = "0"'), "prices.request.usd"),
        (('usd = "0.5"', 'usd = "-1"'), "prices.request.usd"),
        (("source =", "found ="), "prices.request.source"),
        (("https://example.com/prices", "somewhere"), "prices.request.source"),
        (('"USD"', '"EUR"'), "currency"),
        (("as_of", "asof"), "prices.request.asof"),
        (("region", "[region"), "cannot be read as a file of prices"),
    ],
)
def test_what_is_no_price_is_refused_by_name(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    path = written(tmp_path, GOOD.replace(*change))
    with pytest.raises(SettingsError, match=told):
        read_prices(path, today=TODAY)


def test_free_quantities_are_of_something_that_has_a_price(tmp_path: Path) -> None:
    free = '\n[free.sandwich]\nquantity = 1\nsource = "https://example.com"\n'
    with pytest.raises(SettingsError, match="free without a price: sandwich"):
        read_prices(written(tmp_path, GOOD + free), today=TODAY)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml cannot be read"):
        read_prices(tmp_path / "none.toml")


def test_old_prices_and_those_without_a_day_are_named(tmp_path: Path) -> None:
    undated = GOOD.replace("request]", "undated]").replace("as_of = 2026-06-01\n", "")
    both = written(tmp_path, GOOD + undated.split("\n\n", 1)[1])
    prices = read_prices(both, today=TODAY)
    assert warnings_of(prices, {"request"}, TODAY) == []
    assert warnings_of(prices, {"request", "undated"}, TODAY) == [
        "from pages without a date: undated"
    ]
    later = date(2027, 6, 1)
    assert warnings_of(prices, {"request"}, later) == ["older than 12 months: request (2026-06-01)"]
    assert warnings_of(prices, {"request"}, later - timedelta(days=1)) == []
    (_, looked_up) = warnings_of(prices, {"request"}, date(2027, 11, 29))
    assert looked_up == "nobody has looked prices up since 2026-11-29"
