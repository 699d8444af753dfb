"""What is kept of every question, in a real Postgres."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from footnote.ask import ask
from footnote.domain.answer import Usage
from footnote.domain.errors import DatabaseUnavailableError, ModelUnavailableError
from footnote.domain.ledger import LedgerEntry, ModelCall, Outcome
from footnote.domain.model import Arm, ModelKind
from footnote.domain.prompt import Completion
from footnote.postgres.connection import Database, Row
from footnote.postgres.ledger import PostgresLedger
from tests.asking import FakeLedger, ScriptedGenerator, a_model, ask_ports, asked, seconds
from tests.integration.postgres.test_passages import publish

pytestmark = pytest.mark.integration
BACKUPS = "Backups are kept for thirty days in every region."
GOOD = 'They stay for thirty days. [1: "kept for thirty days"]'
SMALL = a_model(
    "small",
    kind=ModelKind.FINE_TUNED,
    checkpoint="ckpt-3",
    input_price=Decimal("0.40"),
    output_price=Decimal("1.60"),
)
LARGE = a_model("large")


def entry(*calls: ModelCall, text: str = "how long?") -> LedgerEntry:
    return LedgerEntry(
        question=asked(text),
        asked_at=datetime.now(UTC),
        status="answered",
        model="small",
        checkpoint="ckpt-3",
        fallback=None,
        cached=False,
        degraded=None,
        in_corpus=0.9,
        usage=Usage(input_tokens=1000, output_tokens=100),
        cost_usd=Decimal("0.00056"),
        timings_ms={"total": 12.5},
        calls=calls,
    )


def call(**changes: object) -> ModelCall:
    usual = {
        "model": SMALL,
        "outcome": Outcome.OK,
        "latency_ms": 800.0,
        "usage": Usage(input_tokens=1000, output_tokens=100),
    }
    return ModelCall(**usual | changes)  # type: ignore[arg-type]


def rows(database: Database, table: str) -> list[Row]:
    statements = {
        "question": b"select * from question",
        "model_call": b"select * from model_call order by position",
    }
    with database.transaction() as connection:
        return connection.execute(statements[table]).fetchall()


def test_a_question_and_its_calls_are_kept_with_what_they_cost(database: Database) -> None:
    truncated = call(outcome=Outcome.TRUNCATED, escalated=True, arm=Arm.CANDIDATE)
    PostgresLedger(database).record(entry(truncated, call(model=LARGE, reason="bad \0 \ud800")))
    (question,) = rows(database, "question")
    assert (question["text"], question["cost_usd"]) == ("how long?", Decimal("0.00056"))
    first, second = rows(database, "model_call")
    assert (first["checkpoint"], first["outcome"], first["arm"]) == (
        "ckpt-3",
        "truncated",
        "candidate",
    )
    assert first["cost_usd"] == Decimal("0.00056")
    assert (first["escalated"], second["escalated"]) == (True, False)
    assert (second["cost_usd"], second["reason"]) == (None, "bad  ?")


def test_a_question_that_no_model_was_asked_is_kept_too(database: Database) -> None:
    PostgresLedger(database).record(entry())
    assert len(rows(database, "question")) == 1
    assert rows(database, "model_call") == []


def test_usage_adds_up_by_day_and_model(database: Database) -> None:
    ledger = PostgresLedger(database)
    ledger.record(entry(call(outcome=Outcome.TRUNCATED, escalated=True), call(model=LARGE)))
    ledger.record(entry(call(latency_ms=400.0)))
    ledger.record(entry(call(shadow=True)))
    large, small, shadow = ledger.usage(days=1)
    assert (small["calls"], small["input_tokens"], small["escalated"]) == (2, 2000, 1)
    assert (small["cost_usd"], small["unpriced"]) == (Decimal("0.00112"), 0)
    assert (small["outcomes"], small["latency_p50_ms"]) == ({"truncated": 1}, 600.0)
    assert (large["model"], large["unpriced"], large["cost_usd"]) == ("large", 1, None)
    assert (shadow["shadow"], shadow["calls"]) == (True, 1)


def test_what_cannot_be_written_is_an_error_that_the_answer_survives(database: Database) -> None:
    twice = entry()
    ledger = PostgresLedger(database)
    ledger.record(twice)
    with pytest.raises(DatabaseUnavailableError, match="ledger"):
        ledger.record(twice)


def test_an_answer_is_recorded_with_the_calls_that_led_to_it(database: Database) -> None:
    publish(database, "a.md", [BACKUPS])
    ledger = FakeLedger()
    used = Usage(input_tokens=70, output_tokens=7)
    small = ScriptedGenerator("small", [ModelUnavailableError("down")])
    large = ScriptedGenerator("large", [Completion(text=GOOD, usage=used)])
    ports = ask_ports(database, small, large, ledger=ledger)
    reply = ask(asked("how long are backups kept?"), ports, seconds())
    (kept,) = ledger.entries
    assert (reply.model, reply.usage, kept.status, kept.model) == (
        "large",
        used,
        "answered",
        "large",
    )
    assert [(one.model.name, one.escalated) for one in kept.calls] == [
        ("small", True),
        ("large", False),
    ]


def test_a_ledger_that_is_down_does_not_lose_the_answer(database: Database) -> None:
    publish(database, "a.md", [BACKUPS])
    ports = ask_ports(database, ledger=FakeLedger(down=True))
    assert ask(asked("how long are backups kept?"), ports, seconds()).answer.citations
