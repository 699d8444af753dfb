"""How much was asked over a time, what became of it, and what it cost."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from footnote.domain.errors import UnprocessableError


class Step(StrEnum):
    """How long the parts are that a time is told by; both begin in UTC."""

    HOUR = "hour"
    DAY = "day"


_LENGTH = {Step.HOUR: timedelta(hours=1), Step.DAY: timedelta(days=1)}
_USUAL = {Step.HOUR: timedelta(days=1), Step.DAY: timedelta(days=30)}
# What a plot can show, and one statement add up.
MOST_PARTS = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The time from `since` (the beginning of an hour or a day) until before `until`.

    Raises:
        UnprocessableError: it ends before it begins, or has too many parts.
    """

    since: datetime
    until: datetime
    step: Step

    def __post_init__(self) -> None:
        if self.since >= self.until:
            message = "from: must be before to"
            raise UnprocessableError(message)
        if self.until - self.since > MOST_PARTS * _LENGTH[self.step]:
            longer = "; tell it by day" if self.step is Step.HOUR else ""
            message = f"from, to: at most {MOST_PARTS} {self.step}s at once{longer}"
            raise UnprocessableError(message)

    @classmethod
    def of(cls, since: datetime | None, until: datetime | None, step: Step) -> "Period":
        """Up to now unless told otherwise: the last 24 hours, or 30 days, each with today's."""
        until = until or datetime.now(UTC)
        since = since or until - _USUAL[step] + _LENGTH[step]
        whole = {"minute": 0, "second": 0, "microsecond": 0}
        whole |= {"hour": 0} if step is Step.DAY else {}
        return cls(since=since.astimezone(UTC).replace(**whole), until=until, step=step)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Questions, by what became of them; times are those of whole replies, None without any.

    `kept`: answers that were told again without a call. `extractive`: answers of verbatim
    sentences. `degraded`: found without the embedding model or the reranker. `finding_usd`: what
    embedding and reranking cost, where their prices are known.
    """

    questions: int = 0
    answered: int = 0
    declined: int = 0
    failed: int = 0
    kept: int = 0
    extractive: int = 0
    degraded: int = 0
    thumbs_up: int = 0
    thumbs_down: int = 0
    finding_usd: Decimal = Decimal(0)
    p50_ms: float | None = None
    p95_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """Calls to models, a shadow's included; `unpriced`: those whose cost nobody knows."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    unpriced: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One hour or day, and what was asked and called in it."""

    at: datetime
    asked: Asked
    called: Called


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse:
    """What one model did, over the whole time; None where its calls are known as sums only."""

    model: str
    checkpoint: str | None
    shadow: bool
    called: Called
    not_ok: int
    escalated: int
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """A time, added up; `parts` are all there are in it, in order."""

    asked: Asked
    called: Called
    parts: tuple[Part, ...]
    models: tuple[ModelUse, ...]
