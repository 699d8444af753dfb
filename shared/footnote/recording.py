"""Questions into metrics and ledger, also those whose caller went away before there was a reply."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Protocol

from footnote.cascade import NO_MODEL
from footnote.domain.answer import Usage
from footnote.domain.deadline import Deadline
from footnote.domain.errors import FootnoteError
from footnote.domain.ledger import LedgerEntry, ModelCall
from footnote.domain.passage import Retrieval
from footnote.domain.question import Question
from footnote.generation.budget import ledger_s
from footnote.observability import logger, measure_question
from footnote.retrieval.in_corpus import in_corpus_probability
from footnote.wall_clock import within


class Ledger(Protocol):
    """Where every question is kept, with the calls to models that it caused."""

    def record(self, entry: LedgerEntry) -> None:
        """Write one entry, in one round trip."""
        ...


@dataclass(slots=True, kw_only=True)
class Underway:
    """A question that is being answered, as far as it is known what became of it.

    `calls` has every one that was made, also those that nobody waits for any more.
    """

    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    began: float = field(default_factory=time.perf_counter)
    found: tuple[Question, Retrieval] | None = None
    calls: list[ModelCall] = field(default_factory=list)


def spent(calls: Sequence[ModelCall]) -> tuple[Usage, Decimal | None]:
    """Tokens and US dollars of all calls but shadows; None where a price is not known."""
    counted = [call for call in calls if not call.shadow]
    costs = [call.cost_usd for call in counted]
    usage = Usage(
        input_tokens=sum(call.usage.input_tokens for call in counted),
        output_tokens=sum(call.usage.output_tokens for call in counted),
    )
    return usage, None if None in costs else sum((cost for cost in costs if cost), Decimal(0))


def record(entry: LedgerEntry, ledger: Ledger, deadline: Deadline) -> None:
    """Write metrics and ledger; where that is down, the answer still counts."""
    measure_question(entry)
    try:
        within(ledger_s(deadline.left()), lambda: ledger.record(entry), name="ledger")
    except (FootnoteError, TimeoutError) as error:
        lost = entry.question.question_id
        logger.error("the ledger is down", question_id=lost, reason=str(error) or "too slow")


def record_unheard(underway: Underway, ledger: Ledger, deadline: Deadline) -> None:
    """The same of a question whose caller went away: it failed, and cost what it did until then."""
    if underway.found is None:
        return
    question, found = underway.found
    calls = tuple(underway.calls)
    usage, cost_usd = spent(calls)
    total = time.perf_counter() - underway.began
    entry = LedgerEntry(
        question=question,
        asked_at=underway.asked_at,
        status="failed",
        model=calls[-1].model.name if calls else NO_MODEL,
        checkpoint=calls[-1].model.checkpoint if calls else None,
        fallback=None,
        cached=False,
        degraded=found.degraded,
        in_corpus=in_corpus_probability(found),
        usage=usage,
        cost_usd=None if cost_usd is None else cost_usd + found.cost_usd,
        finding_usd=found.cost_usd,
        timings_ms={"total": round(total * 1e3, 1)},
        calls=calls,
        embedding_model=found.embedding_model,
        embedding=found.embedding,
    )
    record(entry, ledger, deadline)
