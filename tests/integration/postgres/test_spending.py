"""Budgets in a real Postgres: reserved before the call, and never exceeded by a crowd."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from footnote.access.key_text import key_hash
from footnote.domain.access import OWNER, Caller, KeyKind, Limits, NewKey
from footnote.domain.errors import ModelRefusedError, RateLimitedError
from footnote.domain.spending import Amount
from footnote.postgres.access_keys import PostgresAccessKeys
from footnote.postgres.connection import Database
from footnote.postgres.spending import PostgresSpending

pytestmark = pytest.mark.integration
CENT = Amount(tokens=100, usd=Decimal("0.01"))
FREE = Amount(tokens=0, usd=Decimal(0))


@pytest.fixture
def wide(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, connections=8)
    yield opened
    opened.close()


def caller(database: Database, **limits: object) -> Caller:
    keys = PostgresAccessKeys(database)
    text = keys.add(NewKey(kind=KeyKind.SECRET, name="n", limits=Limits(**limits)))  # type: ignore[arg-type]
    admission = keys.admit(key_hash(text), "")
    assert admission
    return Caller(key=admission.key)


def taken(spending: PostgresSpending, who: Caller, amount: Amount = CENT) -> bool:
    try:
        spending.reserve(who, amount)
    except RateLimitedError:
        return False
    return True


def test_without_limits_nothing_is_counted(database: Database) -> None:
    spending = PostgresSpending(database, None)
    assert spending.is_open(OWNER)
    assert spending.is_open(caller(database))
    assert not spending.is_open(caller(database, daily_usd=Decimal(1)))
    assert not spending.is_open(caller(database, tokens_per_minute=1))
    assert not PostgresSpending(database, Decimal(1)).is_open(OWNER)


def test_a_key_spends_its_budget_and_the_deployment_its_own(database: Database) -> None:
    spending = PostgresSpending(database, Decimal("0.05"))
    poor, rich = caller(database, daily_usd=Decimal("0.02")), caller(database)
    assert [taken(spending, poor) for _ in range(3)] == [True, True, False]
    # The refused one took nothing from the deployment's.
    assert [taken(spending, rich) for _ in range(4)] == [True, True, True, False]
    assert spending.spent_today() == Decimal("0.05")


def test_over_its_budget_a_key_is_told_to_come_back_tomorrow(database: Database) -> None:
    with pytest.raises(RateLimitedError, match="of this key for today is used up") as refused:
        PostgresSpending(database, None).reserve(caller(database, daily_usd=Decimal("0.001")), CENT)
    assert 0 < refused.value.retry_after_s <= 86_400


def test_what_was_reserved_and_not_used_is_given_back(database: Database) -> None:
    spending = PostgresSpending(database, Decimal("0.02"))
    who = caller(database, tokens_per_minute=100)
    assert taken(spending, who)
    assert not taken(spending, who)
    spending.settle(who, CENT, Amount(tokens=40, usd=Decimal("0.004")))
    assert spending.spent_today() == Decimal("0.004")
    assert taken(spending, who, Amount(tokens=60, usd=Decimal("0.016")))
    assert not taken(spending, who, Amount(tokens=10, usd=Decimal(0)))


def test_a_question_larger_than_a_minutes_tokens_passes_once_and_is_paid_for_by_waiting(
    database: Database,
) -> None:
    spending, who = PostgresSpending(database, None), caller(database, tokens_per_minute=50)
    assert taken(spending, who)
    with pytest.raises(RateLimitedError, match="too many tokens") as refused:
        spending.reserve(who, Amount(tokens=50, usd=None))
    assert 115 < refused.value.retry_after_s <= 120


def test_a_model_without_prices_is_not_called_where_money_is_limited(database: Database) -> None:
    unpriced = Amount(tokens=10, usd=None)
    with pytest.raises(ModelRefusedError, match="has no prices"):
        PostgresSpending(database, Decimal(1)).reserve(OWNER, unpriced)
    PostgresSpending(database, None).reserve(caller(database, tokens_per_minute=20), unpriced)


def test_a_crowd_never_spends_above_the_budget(database: Database, wide: Database) -> None:
    spending = PostgresSpending(wide, Decimal("0.30"))
    callers = [caller(database, daily_usd=Decimal("0.20")) for _ in range(2)]

    def ask(number: int) -> bool:
        who = callers[number % 2]
        if not taken(spending, who):
            return False
        spending.settle(who, CENT, Amount(tokens=100, usd=Decimal("0.005")))
        return True

    with ThreadPoolExecutor(8) as threads:
        answered = sum(threads.map(ask, range(200)))
    # Half of each reservation comes back, so the budget pays for about 60 half cents.
    assert 52 <= answered <= 60
    assert spending.spent_today() == Decimal("0.005") * answered
    assert spending.spent_today() <= Decimal("0.30")


def test_a_refusal_leaves_nothing_reserved(database: Database) -> None:
    spending = PostgresSpending(database, Decimal("0.02"))
    who = caller(database, tokens_per_minute=10)
    assert taken(spending, who, Amount(tokens=10, usd=Decimal("0.01")))
    assert not taken(spending, who, Amount(tokens=10, usd=Decimal("0.01")))
    assert spending.spent_today() == Decimal("0.01")
    spending.settle(OWNER, FREE, FREE)
    assert spending.spent_today() == Decimal("0.01")
