"""Aurora's hours, capacity, storage and I/O, by hand."""

from dataclasses import replace
from math import exp

import pytest

from footnote.costs.assumptions import Assumptions
from footnote.costs.aurora import (
    aurora_uses,
    awake_hours,
    busy_hours,
    least_acu,
    remark_of,
    stored_gb,
)
from footnote.costs.traffic import HOURS_A_MONTH, Traffic
from tests.unit.costs.worked import AURORA, EXTERNAL, MEASURED, MILLION

ASSUMED = Assumptions()
NOTHING = Traffic(questions_a_day=0, documents=0, changed_a_month=0)


def test_one_that_may_not_pause_is_awake_all_the_time() -> None:
    assert awake_hours(NOTHING, replace(AURORA, least_acu=0.5), ASSUMED) == HOURS_A_MONTH


def test_the_clock_alone_keeps_it_awake_for_fourteen_minutes_of_each_hour() -> None:
    # 4 minutes until connections end, 10 of pause.
    assert awake_hours(NOTHING, AURORA, ASSUMED) == pytest.approx(HOURS_A_MONTH * 14 / 60)
    never = replace(AURORA, reconcile_a_day=0)
    assert awake_hours(NOTHING, never, ASSUMED) == 0
    often = replace(AURORA, reconcile_a_day=200)
    assert awake_hours(NOTHING, often, ASSUMED) == HOURS_A_MONTH


def test_questions_keep_it_awake_as_a_poisson_process_does() -> None:
    never = replace(AURORA, reconcile_a_day=0)
    daily = replace(NOTHING, questions_a_day=86_400 / 840)
    # One question in 840 seconds on average, which is how long one keeps it awake.
    assert awake_hours(daily, never, ASSUMED) == pytest.approx(HOURS_A_MONTH * (1 - exp(-1)))
    busy = replace(NOTHING, questions_a_day=1_000_000)
    assert awake_hours(busy, AURORA, ASSUMED) == pytest.approx(HOURS_A_MONTH)


def test_it_holds_chunks_and_takes_what_keeps_them_in_memory() -> None:
    # 100,000 documents of 10 chunks of 10 kB.
    assert stored_gb(MILLION, MEASURED) == pytest.approx(10)
    assert least_acu(10, AURORA, ASSUMED) == pytest.approx(10 / 1.5)
    assert least_acu(0.1, AURORA, ASSUMED) == 0.5
    assert least_acu(0.1, replace(AURORA, least_acu=2), ASSUMED) == 2


def test_a_bill_that_the_templates_own_capacity_would_not_give_says_so() -> None:
    assert "AuroraMaxCapacity=7 or more" in remark_of(MILLION, AURORA, MEASURED, ASSUMED)
    assert remark_of(NOTHING, AURORA, MEASURED, ASSUMED) == ""
    assert remark_of(MILLION, EXTERNAL, MEASURED, ASSUMED) == ""


def test_a_reader_is_as_large_as_the_writer_and_awake_with_it() -> None:
    def acu(*, reader: bool) -> float:
        deployment = replace(AURORA, reader=reader)
        return next(iter(aurora_uses(NOTHING, deployment, MEASURED, ASSUMED))).quantity

    assert acu(reader=True) == pytest.approx(2 * acu(reader=False))


def test_capacity_and_io_by_hand() -> None:
    uses = {use.item: use.quantity for use in aurora_uses(MILLION, AURORA, MEASURED, ASSUMED)}
    # A million questions of 10 ms and 100,000 documents of 100 ms.
    assert busy_hours(MILLION, MEASURED) == pytest.approx(20_000 / 3600)
    awake = awake_hours(MILLION, AURORA, ASSUMED)
    assert uses["Aurora: capacity"] == pytest.approx(awake * 10 / 1.5 + 4 * 20_000 / 3600)
    assert uses["Aurora: storage"] == pytest.approx(10)
    # A tenth of a billion pages, and 100 pieces of log for each document.
    assert uses["Aurora: I/O"] == pytest.approx(100e6 + 10e6)
