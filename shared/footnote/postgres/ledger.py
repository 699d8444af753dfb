"""The ledger in Postgres: every question, and every call to a model."""

from dataclasses import replace
from typing import Any

import psycopg
from pgvector import HalfVector
from psycopg.types.json import Jsonb

from footnote.domain.access import OWNER
from footnote.domain.answer import AnswerStatus
from footnote.domain.errors import DatabaseUnavailableError
from footnote.domain.filter_form import form_of
from footnote.domain.ledger import LedgerEntry, ModelCall
from footnote.domain.masking import told
from footnote.domain.unanswered import ALIKE, UnansweredReason
from footnote.postgres.connection import Database, Row, Step
from footnote.postgres.queries import load_queries
from footnote.postgres.retention import forgetting
from footnote.postgres.storable import storable
from footnote.postgres.unanswered import gathering


class PostgresLedger:
    """Writes entries, and adds them up.

    Questions that were declined are gathered in clusters of those that are `alike`. Of entries
    whose words are not kept there are sums alone.
    """

    def __init__(
        self,
        database: Database,
        *,
        alike: float = ALIKE,
        keeps_words: bool = True,
        gathers: bool = True,
    ) -> None:
        """Without `gathers` declined questions join no cluster: nobody asked them to know."""
        self._gathers = gathers
        self._database = database
        self._keeps_words = keeps_words
        self._gathered = {"alike": alike, "reason": UnansweredReason.DECLINED}
        self._sql = load_queries("ledger.sql")

    def record(self, entry: LedgerEntry) -> None:
        """Write a question with its calls, in one round trip.

        Raises:
            DatabaseUnavailableError: it cannot be written, whatever the reason.
        """
        entry = entry if self._keeps_words else _wordless(entry)
        question = entry.question
        parameters = {
            "kb": question.kb,
            "question_id": question.question_id,
            "conversation_id": question.conversation_id,
            "asked_at": entry.asked_at,
            "text": question.text,
            "about": question.about,
            "key_id": question.key_id,
            "status": entry.status,
            "model": entry.model,
            "checkpoint": entry.checkpoint,
            "fallback": entry.fallback,
            "cached": entry.cached,
            "degraded": entry.degraded,
            "in_corpus": entry.in_corpus,
            "input_tokens": entry.usage.input_tokens,
            "output_tokens": entry.usage.output_tokens,
            "cost_usd": entry.cost_usd,
            "finding_usd": entry.finding_usd,
            "timings_ms": Jsonb(entry.timings_ms),
            "calls": Jsonb([_call(at, call) for at, call in enumerate(entry.calls, start=1)]),
            "embedding_model": entry.embedding_model,
            "embedding": HalfVector(list(entry.embedding)) if entry.embedding else None,
            "filter": Jsonb(form_of(question.filter)) if question.filter else None,
            "top_k": question.top_k,
        }
        try:
            self._database.run_within(question.kb, *self._steps(entry, parameters))
        except psycopg.Error as error:
            message = f"the ledger cannot be written: {told(error)}"
            raise DatabaseUnavailableError(message) from error

    def _steps(self, entry: LedgerEntry, parameters: dict[str, object]) -> list[Step]:
        steps = [Step(statement=self._sql["record"], parameters=parameters)]
        if self._gathers and entry.gathers and entry.status == AnswerStatus.DECLINED:
            steps += gathering(parameters | self._gathered)
        if not self._keeps_words:
            steps.append(forgetting([(entry.question.kb, entry.question.question_id)]))
        return steps

    def usage(self, days: int) -> list[dict[str, Any]]:
        """Calls, tokens and money by day and model, newest first, with why calls were not `ok`."""
        with self._database.transaction() as connection:
            with connection.pipeline():
                totals = connection.execute(self._sql["usage"], {"days": days})
                outcomes = connection.execute(self._sql["escalations"], {"days": days})
            rows = totals.fetchall()
            reasons: dict[tuple[object, ...], dict[str, object]] = {}
            for row in outcomes:
                reasons.setdefault(_group(row), {})[str(row["outcome"])] = row["calls"]
        return [row | {"outcomes": reasons.get(_group(row), {})} for row in rows]


def _wordless(entry: LedgerEntry) -> LedgerEntry:
    """What is left of a question for as long as its transaction takes."""
    question = replace(
        entry.question, text="", about="", conversation_id="", filter=None, caller=OWNER
    )
    calls = tuple(replace(call, reason="") for call in entry.calls)
    return replace(entry, question=question, calls=calls, embedding=None)


def _group(row: Row) -> tuple[object, ...]:
    return row["day"], row["model"], row["checkpoint"], row["shadow"]


def _call(position: int, call: ModelCall) -> dict[str, object]:
    cost = call.cost_usd
    return {
        "position": position,
        "model": call.model.name,
        "checkpoint": call.model.checkpoint,
        "outcome": call.outcome,
        "reason": storable(call.reason),
        "escalated": call.escalated,
        "shadow": call.shadow,
        "arm": call.arm,
        "input_tokens": call.usage.input_tokens,
        "output_tokens": call.usage.output_tokens,
        "cost_usd": None if cost is None else str(cost),
        "latency_ms": call.latency_ms,
    }
