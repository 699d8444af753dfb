"""The file of prices: what each thing costs, where that stands, and of which day it is."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationInfo, field_validator

from footnote.costs.told import read_told

PRICES = Path(__file__).with_name("prices.toml")
# Older prices are named in a warning.
STALE_MONTHS = 12


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Price(_Told):
    """One price; `as_of` is the day that its source gives, None where it gives none."""

    usd: Decimal = Field(gt=0)
    per: str = Field(min_length=1)
    source: HttpUrl
    as_of: date | None = None
    note: str = ""

    @field_validator("as_of")
    @classmethod
    def _has_been(cls, day: date | None, info: ValidationInfo) -> date | None:
        return _past(day, info) if day else None


class FreeQuantity(_Told):
    """So many units that are not charged each month."""

    quantity: Decimal = Field(gt=0)
    source: HttpUrl


class Prices(_Told):
    """Every price of one region; `not_found` names what no source was found for."""

    region: str
    currency: Literal["USD"]
    looked_up: date
    prices: dict[str, Price]
    free: dict[str, FreeQuantity] = {}
    not_found: dict[str, str] = {}

    @field_validator("looked_up")
    @classmethod
    def _has_been(cls, day: date, info: ValidationInfo) -> date:
        return _past(day, info)

    @field_validator("free")
    @classmethod
    def _has_a_price(
        cls, free: dict[str, FreeQuantity], info: ValidationInfo
    ) -> dict[str, FreeQuantity]:
        if unknown := sorted(free.keys() - info.data.get("prices", free).keys()):
            message = f"free without a price: {', '.join(unknown)}"
            raise ValueError(message)
        return free

    def usd(self, name: str) -> Decimal | None:
        """What one unit costs; None where no price was found."""
        price = self.prices.get(name)
        return price.usd if price else None


def read_prices(path: Path = PRICES, *, today: date | None = None) -> Prices:
    """Read and check a file of prices.

    Raises:
        SettingsError: it cannot be read, or says what no price can be.
    """
    return read_told(Prices, path, "a file of prices", {"today": today or date.today()})


def warnings_of(prices: Prices, used: set[str], today: date) -> list[str]:
    """What to look up again before relying on a bill: prices that are old, or of no known day."""
    days = {name: prices.prices[name].as_of for name in sorted(used & prices.prices.keys())}
    stale = [f"{name} ({day})" for name, day in days.items() if day and _is_stale(day, today)]
    undated = [name for name, day in days.items() if day is None]
    told = []
    if stale:
        told.append(f"older than {STALE_MONTHS} months: {', '.join(stale)}")
    if undated:
        told.append(f"from pages without a date: {', '.join(undated)}")
    if _is_stale(prices.looked_up, today):
        told.append(f"nobody has looked prices up since {prices.looked_up}")
    return told


def _past(day: date, info: ValidationInfo) -> date:
    today = (info.context or {}).get("today", date.today())
    if day > today:
        message = f"{day} is yet to come"
        raise ValueError(message)
    return day


def _is_stale(day: date, today: date) -> bool:
    months = (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day)
    return months >= STALE_MONTHS
