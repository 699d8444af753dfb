"""A bill against sums that were worked out by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from footnote.costs.bill import Tariff, Use, bill_of
from footnote.costs.deployment import Egress
from footnote.costs.traffic import PRESETS, Traffic
from footnote.costs.uses import document_s, first_reading, question_s, uses_of
from tests.unit.costs.worked import AURORA, EXTERNAL, MILLION, TARIFF, basis, usd, without_waiting


def test_a_question_is_charged_for_its_work_its_share_of_starts_and_its_model() -> None:
    # 40 ms + 10 ms of the database; 5 % start anew: 1,000 ms more; half wait 3 s for a model.
    assert question_s(basis()) == pytest.approx(0.05 + 0.05 * 1.0 + 0.5 * 3.0)
    alone = replace(basis(), assumptions=without_waiting())
    assert question_s(alone) == pytest.approx(0.1)


def test_a_document_is_charged_for_its_work_and_four_calls_to_s3() -> None:
    assert document_s(basis()) == pytest.approx(0.8 + 0.1 + 4 * 0.03)


def test_a_million_questions_by_hand() -> None:
    bill = bill_of(uses_of(replace(basis(), assumptions=without_waiting())), TARIFF)
    # 1,000,000 * .1 s * 1769 / 1024 GB = 172,754 GB-seconds at .0000166667 dollars.
    assert usd(bill, "api: time") == pytest.approx(Decimal("2.879240"), abs=Decimal("1e-5"))
    assert usd(bill, "api: invocations") == pytest.approx(Decimal("0.2"))
    assert usd(bill, "API Gateway: requests") == pytest.approx(Decimal("3.5"))
    # 1,000,000 replies of 1,000 bytes are a gigabyte.
    assert usd(bill, "replies: transfer out") == pytest.approx(Decimal("0.09"))
    # Half of them read 2,000 tokens and write 300.
    assert usd(bill, "tokens read") == pytest.approx(Decimal(400))
    assert usd(bill, "tokens written") == pytest.approx(Decimal(240))


def test_a_hundred_thousand_documents_by_hand() -> None:
    bill = bill_of(uses_of(basis()), TARIFF)
    # 100,000 * (1.02 s * 3008 + .002 s * 512) / 1024 GB = 299,725 GB-seconds.
    assert usd(bill, "ingest, intake: time") == pytest.approx(
        Decimal("4.995427"), abs=Decimal("1e-5")
    )
    assert usd(bill, "SQS: requests") == pytest.approx(Decimal("0.24"))
    assert usd(bill, "SQS: fair queue") == pytest.approx(Decimal("0.03"))
    assert usd(bill, "S3: writes") == pytest.approx(Decimal("1.0"))
    assert usd(bill, "S3: reads") == pytest.approx(Decimal("0.12"))
    # 100,000 that are held and three months of 100,000 old versions, of 10 kB each: 4 GB.
    assert usd(bill, "S3: documents, old versions") == pytest.approx(Decimal("0.092"))
    # 30 a minute in 730 hours.
    assert usd(bill, "SQS: empty receives") == pytest.approx(Decimal("0.5256"))
    # A million times 500 bytes and a hundred thousand times 1,000.
    assert usd(bill, "logs") == pytest.approx(Decimal("0.3"))


def test_the_sum_is_that_of_its_lines_and_parts() -> None:
    for deployment in (EXTERNAL, AURORA):
        bill = bill_of(uses_of(basis(deployment=deployment)), TARIFF)
        assert bill.usd == sum(line.usd or 0 for line in bill.lines)
        assert bill.usd == sum(bill.parts().values())
        assert not bill.unpriced


def test_an_idle_deployment_pays_for_what_stands_and_for_no_question() -> None:
    bill = bill_of(uses_of(basis(PRESETS["idle"])), TARIFF)
    assert set(bill.parts()) == {"watching", "standing"}
    # Five metrics, a dashboard and alarms on seventeen metrics.
    assert bill.parts()["watching"] == pytest.approx(Decimal("6.2"))


def test_what_has_no_price_is_named_and_not_counted() -> None:
    uses = [Use(part="a", item="known", quantity=2, price="secret_month")]
    uses += [Use(part="a", item="unknown", quantity=2, price="sandwich")]
    bill = bill_of(uses, TARIFF)
    assert bill.usd == Decimal("0.8")
    assert bill.unpriced == ("unknown",)


def test_free_quantities_count_only_where_they_are_asked_for_and_once() -> None:
    uses = [Use(part=part, item=part, quantity=600_000, price="lambda_request") for part in "ab"]
    assert bill_of(uses, TARIFF).usd == pytest.approx(Decimal("0.24"))
    less = bill_of(uses, replace(TARIFF, free_tier=True))
    # A million are free: all of the first use, 400,000 of the second.
    assert [line.charged for line in less.lines] == [0, 200_000]
    assert less.usd == pytest.approx(Decimal("0.04"))


def test_ones_own_price_takes_the_place_of_a_published_one() -> None:
    own = Tariff(prices=TARIFF.prices, own={"input_token": Decimal("0.000001")})
    assert usd(bill_of(uses_of(basis()), own), "tokens read") == pytest.approx(Decimal(1000))


def test_a_firewall_and_a_key_are_charged_where_they_are_on() -> None:
    plain = bill_of(uses_of(basis()), TARIFF)
    guarded = bill_of(uses_of(basis(deployment=replace(EXTERNAL, waf=True, kms=True))), TARIFF)
    # 5 dollars, three rules, a million requests at 60 cents; a dollar for the key.
    assert guarded.usd - plain.usd == pytest.approx(Decimal("9.6"))


def test_reading_everything_for_the_first_time_is_charged_by_document() -> None:
    few = Traffic(questions_a_day=500, documents=1000, changed_a_month=7)
    once = bill_of(first_reading(basis(few)), TARIFF)
    all_changed = bill_of(uses_of(basis(replace(few, changed_a_month=1000))), TARIFF)
    assert once.usd == all_changed.parts()["documents"]


def test_the_way_out_of_auroras_network_is_charged_by_the_hour() -> None:
    quiet = replace(MILLION, questions_a_day=0, changed_a_month=0)
    nat = bill_of(uses_of(basis(quiet, replace(AURORA, egress=Egress.NAT))), TARIFF)
    none = bill_of(uses_of(basis(quiet, AURORA)), TARIFF)
    # 730 hours at 4.5 cents, and half a cent for its address.
    assert nat.usd - none.usd == pytest.approx(Decimal("36.5"))
    bedrock = bill_of(uses_of(basis(quiet, replace(AURORA, egress=Egress.BEDROCK))), TARIFF)
    assert bedrock.usd - none.usd == pytest.approx(Decimal("7.3"))
