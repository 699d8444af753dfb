"""What is kept of every question, and of every call to a model that it caused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from footnote.domain.answer import NO_TOKENS, Usage
from footnote.domain.model import Arm, Model
from footnote.domain.question import Question


class Outcome(StrEnum):
    """How a call to a model ended; every one but `OK` is a reason to ask the next model."""

    OK = "ok"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    INVALID_FORMAT = "invalid_format"
    FAILED_VERIFICATION = "failed_verification"
    DECLINED = "declined_although_in_corpus"
    TRUNCATED = "truncated"
    # A shadow's call that was still under way when the answer was there.
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One request to a model; `escalated` where another one followed because of its outcome."""

    model: Model
    outcome: Outcome
    latency_ms: float
    usage: Usage = NO_TOKENS
    reason: str = ""
    escalated: bool = False
    shadow: bool = False
    arm: Arm | None = None

    @property
    def cost_usd(self) -> Decimal | None:
        """What it cost; None where the model's prices are not known."""
        return self.model.cost(self.usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """A question with what became of it.

    `embedding` is the question's, by the model `embedding_model`; none where words alone counted.
    `gathers`: whether somebody has to know where it is declined. `cost_usd` is that of everything;
    `finding_usd` is the part of it that finding passages cost at hosted models.
    """

    question: Question
    asked_at: datetime
    status: str
    model: str
    checkpoint: str | None
    fallback: str | None
    cached: bool
    degraded: str | None
    in_corpus: float
    usage: Usage
    cost_usd: Decimal | None
    timings_ms: dict[str, float]
    calls: tuple[ModelCall, ...]
    embedding_model: str = ""
    embedding: Sequence[float] | None = None
    gathers: bool = True
    finding_usd: Decimal = Decimal(0)
