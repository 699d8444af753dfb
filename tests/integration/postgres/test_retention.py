"""Questions are forgotten with all that is tied to them; what they came to stays as sums."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from footnote.domain.access import OWNER
from footnote.domain.feedback import Feedback, Rating
from footnote.domain.ledger import LedgerEntry, Outcome
from footnote.domain.retention import Forgotten
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database, Row
from footnote.postgres.feedback import PostgresFeedback
from footnote.postgres.ledger import PostgresLedger
from footnote.postgres.retention import PostgresRetention
from footnote.retention import RetentionPorts, forget
from tests.integration.postgres.test_ledger import LARGE, call, entry
from tests.integration.postgres.test_spending import caller

pytestmark = pytest.mark.integration
SECRET = "my card is 4111 1111 1111 1111"
# Every table with words of people in it.
WORDS = """
select text || about as words from question
union all select reason from model_call
union all select coalesce(comment, '') || coalesce(correction, '') from feedback
"""


def ago(days: float, **changes: object) -> LedgerEntry:
    made = entry(call(outcome=Outcome.TRUNCATED, escalated=True), call(model=LARGE), text=SECRET)
    return replace(made, asked_at=datetime.now(UTC) - timedelta(days=days), **changes)  # type: ignore[arg-type]


def rows(database: Database, statement: bytes) -> list[Row]:
    with database.transaction() as connection:
        return connection.execute(statement).fetchall()


def ports(database: Database, days: int = 90) -> RetentionPorts:
    visitors = PostgresAccessKeys(database).forget_visitors
    return RetentionPorts(questions=PostgresRetention(database), visitors=visitors, days=days)


def test_what_is_older_is_forgotten_and_what_is_younger_stays(database: Database) -> None:
    ledger = PostgresLedger(database)
    for days in (89.9, 90.1, 400):
        ledger.record(ago(days))
    assert PostgresRetention(database).kept(90).overdue == 2
    assert forget(ports(database)) == Forgotten(questions=2)
    kept = PostgresRetention(database).kept(90)
    assert (kept.questions, kept.overdue, kept.summed) == (1, 0, 2)
    assert forget(ports(database)) == Forgotten()


def test_many_are_forgotten_in_pages(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(
            "insert into question (kb, question_id, conversation_id, asked_at, text, status, model,"
            " in_corpus, input_tokens, output_tokens, cost_usd, timings_ms)"
            " select 'help', gen_random_uuid(), 'c', now() - interval '91 days', 'x', 'declined',"
            " 'm', 0, 1, 1, 0.5, '{}' from generate_series(1, 1203)"
        )
    assert forget(ports(database), seconds=0).questions == 500  # one page, and the time is up
    assert forget(ports(database)).questions == 703
    (past,) = rows(database, b"select * from past_questions")
    assert (past["questions"], past["input_tokens"], past["cost_usd"]) == (
        1203,
        1203,
        Decimal("601.5"),
    )


def test_the_sums_of_usage_are_the_same_before_and_after(database: Database) -> None:
    ledger = PostgresLedger(database)
    for days in (1, 100, 100, 101):
        ledger.record(ago(days))
    before = ledger.usage(days=365)
    assert forget(ports(database)).questions == 3
    after = ledger.usage(days=365)
    of_latency = "latency_p50_ms"
    assert [row | {of_latency: 0} for row in after] == [row | {of_latency: 0} for row in before]
    assert {row[of_latency] for row in after} == {800.0, None}


def test_what_is_tied_to_a_question_goes_with_it(database: Database) -> None:
    old = ago(100)
    PostgresLedger(database).record(old)
    given = Feedback(
        question_id=old.question.question_id,
        rating=Rating.DOWN,
        comment=SECRET,
        correction=SECRET,
    )
    assert PostgresFeedback(database).give(given, ())
    forget(ports(database))
    assert rows(database, WORDS.encode()) == []
    (past,) = rows(database, b"select * from past_questions")
    assert (past["status"], past["down"], past["up"], past["unpriced"]) == ("answered", 1, 0, 0)
    assert SECRET not in str(rows(database, b"select * from past_calls"))


def test_where_nothing_is_kept_a_question_leaves_sums_alone(database: Database) -> None:
    ledger = PostgresLedger(database, keeps_words=False)
    ledger.record(ago(0))
    ledger.record(ago(0))
    assert rows(database, WORDS.encode()) == []
    assert [row["calls"] for row in ledger.usage(days=1)] == [2, 2]
    (past,) = rows(database, b"select * from past_questions")
    assert (past["questions"], past["cost_usd"]) == (2, Decimal("0.00112"))


def test_a_conversation_is_forgotten_alone(database: Database) -> None:
    ledger, retention = PostgresLedger(database), PostgresRetention(database)
    for conversation in ("one", "one", "other"):
        made = ago(0)
        question = replace(made.question, conversation_id=conversation)
        ledger.record(replace(made, question=question))
    assert retention.forget_conversation("one", OWNER) == Forgotten(questions=2)
    assert retention.forget_conversation("one", OWNER) == Forgotten()
    assert retention.kept(90).questions == 1


def test_salts_of_visitors_are_renewed_once_a_day(database: Database) -> None:
    keys = PostgresAccessKeys(database)
    caller(database)
    salts = b"select visitor_salt from access_key"
    first = rows(database, salts)
    keys.forget_visitors()
    assert rows(database, salts) == first
    with database.transaction() as connection:
        connection.execute("update access_key set visitor_salt_since = now() - interval '1 day'")
    keys.forget_visitors()
    assert rows(database, salts) != first
