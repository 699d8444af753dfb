"""A bill: lines of a quantity and a price, and what is not charged of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from footnote.costs.prices import Prices


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What is charged: published prices, one's own in the place of some, free quantities or not."""

    prices: Prices
    free_tier: bool = False
    own: Mapping[str, Decimal] = field(default_factory=dict)

    def usd(self, name: str) -> Decimal | None:
        """What one unit costs; None where no price is known."""
        return self.own.get(name, self.prices.usd(name))

    def free(self) -> dict[str, Decimal]:
        """How much of what is not charged."""
        if not self.free_tier:
            return {}
        return {name: one.quantity for name, one in self.prices.free.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """So many units a month of what has a price; `part` says of which part of the bill it is."""

    part: str
    item: str
    quantity: float
    price: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A use with what it costs; None where no price was found."""

    use: Use
    charged: Decimal
    usd: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A month's lines, those of one part beside each other."""

    lines: tuple[Line, ...]

    @property
    def usd(self) -> Decimal:
        """The sum of what has a price."""
        return sum((line.usd for line in self.lines if line.usd is not None), Decimal(0))

    @property
    def unpriced(self) -> tuple[str, ...]:
        """What has none."""
        return tuple(line.use.item for line in self.lines if line.usd is None)

    @property
    def prices(self) -> set[str]:
        """The names of the prices that it rests on."""
        return {line.use.price for line in self.lines}

    def parts(self) -> dict[str, Decimal]:
        """The sum of each part, the dearest first."""
        sums: dict[str, Decimal] = {}
        for line in self.lines:
            sums[line.use.part] = sums.get(line.use.part, Decimal(0)) + (line.usd or Decimal(0))
        return dict(sorted(sums.items(), key=lambda part: -part[1]))


def bill_of(uses: Iterable[Use], tariff: Tariff) -> Bill:
    """Price every use, less what is free each month where the tariff counts that."""
    return Bill(lines=tuple(_lines(uses, tariff)))


def _lines(uses: Iterable[Use], tariff: Tariff) -> Iterator[Line]:
    free = tariff.free()
    for use in uses:
        if use.quantity == 0:
            continue
        quantity = Decimal(repr(float(use.quantity)))
        spared = min(quantity, free.get(use.price, Decimal(0)))
        if spared:
            free[use.price] -= spared
        usd = tariff.usd(use.price)
        charged = quantity - spared
        yield Line(use=use, charged=charged, usd=None if usd is None else charged * usd)
