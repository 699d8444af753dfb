"""What others ask for the same traffic, by hand from their published prices."""

from dataclasses import replace
from decimal import Decimal

import pytest

from footnote.costs.alternatives import Alternative, alternatives
from footnote.costs.traffic import DAYS_A_MONTH, PRESETS, Traffic
from tests.unit.costs.worked import MEASURED, TARIFF

SMALL = PRESETS["small"]


def named(start: str, traffic: Traffic = SMALL, *, free_tier: bool = False) -> Alternative:
    tariff = replace(TARIFF, free_tier=free_tier)
    (found,) = [
        one for one in alternatives(traffic, MEASURED, tariff) if one.name.startswith(start)
    ]
    return found


def test_opensearch_asks_for_two_units_even_of_nobody() -> None:
    idle = named("Bedrock", PRESETS["idle"])
    # 2 * 730 hours * 24 cents.
    assert idle.bill.usd == pytest.approx(Decimal("350.4"))


def test_opensearch_takes_more_units_for_more_vectors() -> None:
    # 2 million chunks of 1.1 * (4 * 1024 + 8 * 16) bytes are 9.3 GB: four units beside one.
    large = named("Bedrock", replace(SMALL, documents=200_000, changed_a_month=0))
    assert large.bill.usd == pytest.approx(Decimal(5 * 730) * Decimal("0.24"))


def test_kendra_is_charged_by_edition_and_unit() -> None:
    assert named("Amazon Kendra").bill.usd == 810
    assert named("Amazon Kendra", replace(SMALL, documents=10_001)).bill.usd == 1008
    busy = replace(SMALL, questions_a_day=20_000)
    assert named("Amazon Kendra", busy).bill.usd == 3 * 1008


def test_queries_are_charged_each_less_what_is_free_if_that_is_asked_for() -> None:
    busy = replace(SMALL, questions_a_day=20_000 / DAYS_A_MONTH)
    assert named("Vertex AI Search, Standard", busy).bill.usd == pytest.approx(Decimal(30))
    free = named("Vertex AI Search, Standard", busy, free_tier=True)
    assert free.bill.usd == pytest.approx(Decimal(15))


def test_a_model_is_added_where_it_comes_on_top_and_nowhere_else() -> None:
    vertex, azure = named("Vertex AI Search, Enterprise"), named("Azure")
    assert vertex.usd(Decimal(10)) == vertex.bill.usd
    assert azure.usd(Decimal(10)) == azure.bill.usd + 10


def test_azure_is_charged_by_tier_and_unit() -> None:
    # 10 kB a document: 16 GB are more than Basic holds, 170 GB more than one unit of S1.
    assert named("Azure").bill.usd == Decimal("73.73")
    assert named("Azure", replace(SMALL, documents=1_600_000)).bill.usd == Decimal("245.28")
    assert named("Azure", replace(SMALL, documents=17_000_000)).bill.usd == Decimal("490.56")


def test_openai_is_charged_for_calls_and_for_days_of_storage() -> None:
    traffic = replace(SMALL, questions_a_day=1000, documents=100_000)
    # A gigabyte for 30.4 days at 10 cents, and 30,417 calls.
    expected = Decimal(repr(DAYS_A_MONTH)) * (Decimal("0.1") + 1000 * Decimal("0.0025"))
    assert named("OpenAI", traffic).bill.usd == pytest.approx(expected)
