"""The reply of `/v1/usage`."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from footnote.domain.usage import Step

# A time of this century, or only a day; without an offset it is UTC.
TIME = (
    r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}"
    r"([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?$"
)
type Milliseconds = Annotated[float | None, Field(description="null where no time is known")]


class _Reply(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class UsageFigures(_Reply):
    """Questions by what became of them, and calls to models, a shadow's included.

    `kept`: told again without a call. `extractive`: answered with verbatim sentences. `degraded`:
    found without the embedding model or the reranker. `unpriced`: calls whose cost nobody knows.
    `finding_usd` is the part of `cost_usd` that embedding questions and reranking cost.
    """

    questions: int
    answered: int
    declined: int
    failed: int
    kept: int
    extractive: int
    degraded: int
    thumbs_up: int
    thumbs_down: int
    p50_ms: Milliseconds
    p95_ms: Milliseconds
    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    finding_usd: float
    unpriced: int


class UsagePart(UsageFigures):
    """One hour or day; `at` is its beginning."""

    at: datetime


class ModelUsage(_Reply):
    """What one model did; `not_ok` calls ended otherwise than with an answer that counts."""

    model: str
    checkpoint: str | None
    shadow: bool
    calls: int
    not_ok: int
    escalated: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    unpriced: int
    p50_ms: Milliseconds
    p95_ms: Milliseconds


class BudgetReply(_Reply):
    """A budget of today (UTC): of a key, or, without `key_id`, of the deployment."""

    key_id: str | None
    name: str
    daily_usd: float
    spent_usd: float
    left_usd: float


class TimeReply(_Reply):
    """What the ledger came to; `parts` are every hour or day of the time, in order."""

    knowledge_base: str | None
    since: Annotated[datetime, Field(serialization_alias="from")]
    until: Annotated[datetime, Field(serialization_alias="to")]
    by: Step
    total: UsageFigures
    parts: list[UsagePart]
    models: list[ModelUsage]
    budgets: list[BudgetReply]
