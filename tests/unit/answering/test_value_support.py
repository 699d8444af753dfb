"""Which values a quote bears out: words and numbers that are taken from it."""

import time

import pytest

from footnote.answering.source import source_of
from footnote.answering.support import Verdict
from footnote.answering.value_support import borne_out
from footnote.domain.answer import RemovalReason
from tests.unit.answering.test_citations import passage

FOUNDED = "The company was founded in 1998 by Jane Roe in Berlin, Germany."
LICENCE = "The licence costs $1,250.50 a year, or 15 % less when paid for 3 years."
OPEN = "Applications are accepted from 1 March 2026 until 15 April 2026 at 17:00."
CONTACT = "Contact support@acme.example or call +49 30 1234567 on weekdays."
DRIVER = "Version v3.9.2 of the driver requires Python 3.11 and is not compatible with macOS."
BACKUPS = "Backups are kept for thirty days; snapshots for a quarter of an hour."
RECHNUNG = "Die Rechnung über 1.250,50 EUR ist am 1. März 2026 fällig."


def verdict(value: str, quote: str) -> Verdict:
    return borne_out(value, [source_of(passage(quote), 0, len(quote), "")])


@pytest.mark.parametrize(
    ("quote", "values"),
    [
        (FOUNDED, ["Jane Roe", "1998", "Berlin, Germany", "Berlin", "jane roe"]),
        (LICENCE, ["3 years"]),
        (CONTACT, ["support@acme.example", "weekdays", "+49301234567", "+49 30 1234567"]),
        (BACKUPS, ["30", "thirty days", "30 days", "a quarter of an hour"]),
        (RECHNUNG, ["1250.5", "EUR", "1.250,50 EUR"]),
    ],
)
def test_a_value_that_the_quote_holds_is_verified(quote: str, values: list[str]) -> None:
    assert [value for value in values if verdict(value, quote) != Verdict(verified=True)] == []


@pytest.mark.parametrize(
    ("quote", "values"),
    [
        (LICENCE, ["1250.5", "1250.50", "$1,250.50", "15%", "15"]),
        (RECHNUNG, ["2026-03-01"]),
        (OPEN, ["2026-03-01", "2026-04-15", "1 March 2026", "2026-04-15T17:00:00", "17:00"]),
        (DRIVER, ["v3.9.2", "Python 3.11", "3.11", "macOS", "not compatible with macOS"]),
    ],
)
def test_a_value_in_another_form_or_beside_a_negation_is_borne_out(
    quote: str, values: list[str]
) -> None:
    assert [value for value in values if verdict(value, quote).reason is not None] == []


@pytest.mark.parametrize(
    ("quote", "values"),
    [
        (FOUNDED, ["John Roe", "1999", "Paris", "199", "Berl"]),
        (LICENCE, ["1205.5", "16", "2 years", "0.15", "50", "1,250", "250.50"]),
        (OPEN, ["2026-03-02", "2026-05-15", "2026-04-15T18:00:00", "18:00"]),
        (CONTACT, ["support@evil.example", "+49301234568", "49301234", "Mallory"]),
        (DRIVER, ["compatible with macOS", "v3.9.3", "Python 3", "3.1"]),
        (BACKUPS, ["90", "90 days", "forty days"]),
    ],
)
def test_a_value_that_the_quote_does_not_hold_is_not_borne_out(
    quote: str, values: list[str]
) -> None:
    assert [value for value in values if verdict(value, quote).reason is None] == []


def test_the_number_of_an_account_is_told_with_spaces_and_kept_without() -> None:
    account = "Pay to DE89 3704 0044 0532 0130 00 in time."
    assert verdict("DE89370400440532013000", account) == Verdict(verified=True)
    assert verdict("DE89370400440532013001", account).reason is not None


def test_a_time_before_a_day_is_no_value_of_one_after_it() -> None:
    quote = "It ends after 5 May 2026, and that is for the whole of the team."
    assert verdict("after 2026-05-05", quote).verified
    assert not verdict("before 5 May 2026", quote).verified


def test_what_a_quote_denies_is_no_value_of_it() -> None:
    assert verdict("compatible with macOS", DRIVER).reason is RemovalReason.NEGATION
    assert not verdict("macOS", DRIVER).verified


def test_no_value_takes_long() -> None:
    began = time.thread_time()
    for value in ("9" * 8_000, "9 " * 4_000, "a" * 8_000, "+" * 8_000, "1-" * 19):
        assert verdict(value, "1" * 1_000).reason is not None
    assert time.thread_time() - began < 5
