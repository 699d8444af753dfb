"""A size that fits nowhere here, by hand: databases, limits, and what a month of it costs."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from footnote.costs.bill import bill_of
from footnote.costs.curve import Curve, Point, read_curve
from footnote.costs.simulation import (
    CONNECTIONS_A_FUNCTION,
    Limit,
    Simulated,
    Wanted,
    first_ingest,
    simulate,
    simulated_uses,
)
from footnote.costs.uses import document_s, question_s
from footnote.domain.errors import SettingsError
from footnote.settings import Settings
from tests.unit.costs.worked import AURORA, MILLION, TARIFF, basis

CURVE = Curve(
    measured_on=date(2026, 11, 29),
    machine="none",
    load=0,
    command="none",
    points=(
        Point(chunks=10_000, core_ms=10, hot_bytes=4000, held_bytes=6000),
        Point(chunks=100_000, core_ms=20, hot_bytes=4000, held_bytes=6000),
    ),
)
BASIS = basis(MILLION, AURORA)


def simulated(**wanted: object) -> Simulated:
    return simulate(Wanted(**wanted), CURVE, BASIS)  # type: ignore[arg-type]


def limit(found: Simulated, name: str) -> Limit:
    (one,) = [one for one in found.limits if one.name.startswith(name)]
    return one


def test_a_curve_goes_by_the_logarithm_and_on_behind_its_end() -> None:
    assert CURVE.core_ms(1_000) == CURVE.core_ms(10_000) == 10
    assert CURVE.core_ms(31_623) == pytest.approx(15, rel=1e-4)
    assert CURVE.core_ms(100_000) == 20
    assert CURVE.core_ms(10_000_000) == pytest.approx(40)


def test_a_curve_that_falls_is_not_believed_to_fall_for_ever() -> None:
    falling = CURVE.model_copy(update={"points": tuple(reversed_work(CURVE))})
    assert falling.core_ms(10_000_000) == falling.largest.core_ms


def reversed_work(curve: Curve) -> list[Point]:
    works = [point.core_ms for point in reversed(curve.points)]
    return [
        point.model_copy(update={"core_ms": work})
        for point, work in zip(curve.points, works, strict=True)
    ]


def test_memory_says_how_many_databases_hold_so_many_chunks() -> None:
    # 4 TB of what is searched; 256 ACU keep 384 GB.
    found = simulated(chunks=1e9, questions_a_second=1)
    assert (found.shards, found.shards_for_memory, found.shards_for_work) == (11, 11, 1)
    assert found.acu == pytest.approx(4000 / 11 / 1.5, abs=0.5)


def test_work_says_how_many_databases_answer_so_many_questions() -> None:
    # 10,000 a second of 20 ms, the busiest twice as many: 400 cores at 60 % of 64 each.
    found = simulated(chunks=1e9, questions_a_second=10_000)
    assert found.shards_for_work == 11
    # All in one small corner: memory asks for one.
    few = simulated(chunks=1e6, questions_a_second=10_000, knowledge_bases=100)
    assert (few.shards, few.shards_for_memory) == (6, 1)
    assert few.busiest.load <= 0.61
    assert few.average.load == pytest.approx(few.busiest.load / 2)


def test_what_breaks_first_stands_first_and_by_hand() -> None:
    found = simulated(chunks=1e9, questions_a_second=1_000)
    assert found.limits[0].name == "memory of one database"
    assert found.limits[0].times == pytest.approx(1e9 * 4000 / 384e9)
    times = [one.times for one in found.limits]
    assert times == sorted(times, reverse=True)
    # 1.6 seconds a question: a thousand functions answer 625 in a second.
    assert limit(found, "functions at once").holds == pytest.approx(1000 / question_s(BASIS))
    connections = limit(found, "connections of one").holds
    assert connections == pytest.approx(5000 / 2 / question_s(BASIS))
    assert limit(found, "cores of one").holds == pytest.approx(64 * 0.6 / 0.02)


def test_a_knowledge_base_that_no_database_holds_is_said_not_to_fit() -> None:
    assert simulated(chunks=1e9, knowledge_bases=10_000).fits
    alone = simulated(chunks=1e9, knowledge_bases=1)
    assert not alone.fits
    assert limit(alone, "one knowledge base").times > 10
    assert alone.beyond


def test_a_month_of_it_by_hand() -> None:
    found = simulated(chunks=1e9, questions_a_second=100)
    month = bill_of(simulated_uses(found, CURVE, BASIS), TARIFF)
    asked = 100 * 730 * 3600
    # 12 cents an ACU-hour; 6 TB at 10 cents.
    database = found.shards * found.acu * 730 * 0.12 + 6000 * 0.10
    assert float(month.parts()["database"]) == pytest.approx(database)
    # Half of them by a model: 2,000 tokens read at .4 and 300 written at 1.6 a million.
    model = 0.5 * asked * (2000 * 0.4e-6 + 300 * 1.6e-6)
    assert float(month.parts()["model"]) == pytest.approx(model)
    assert not month.unpriced


def test_reading_everything_once_is_charged_and_takes_its_time() -> None:
    found = simulated(chunks=1e9)
    seconds = 1e8 * document_s(BASIS)
    assert found.ingest_hours == pytest.approx(seconds / 1000 / 3600)
    once = bill_of(first_ingest(found, BASIS), TARIFF)
    assert float(once.usd) == pytest.approx(seconds * 3008 / 1024 * 0.0000166667)


def test_connections_are_those_that_functions_open() -> None:
    assert Settings.model_fields["database_connections"].default == CONNECTIONS_A_FUNCTION


def test_the_curve_of_ours_is_in_order_and_what_is_none_is_refused(tmp_path: Path) -> None:
    ours = read_curve()
    sizes = [point.chunks for point in ours.points]
    assert sizes == sorted(sizes)
    assert ours.measured_on <= date.today()
    (tmp_path / "one.toml").write_text("measured_on = 2026-11-29\n")
    with pytest.raises(SettingsError, match=r"not a curve of `make bench-growth`: .*load: Field"):
        read_curve(tmp_path / "one.toml")
    with pytest.raises(SettingsError, match="cannot be read as a curve"):
        read_curve(tmp_path / "none.toml")


def test_extracts_wait_for_no_model() -> None:
    quick = replace(BASIS, traffic=replace(MILLION, by_model=0))
    found = simulate(Wanted(), CURVE, quick)
    assert limit(found, "functions at once").holds > 5_000
