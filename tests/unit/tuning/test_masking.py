"""Masking: personal data goes, whatever else has digits in it stays."""

import pytest

from footnote.tuning.masking import Masker


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Write to jane.doe+x@mail.example.co.uk today.", "Write to MAIL-1 today."),
        ("Call +49 30 1234567 or 0044 (20) 7946 0958.", "Call PHONE-1 or PHONE-2."),
        ("Pay to DE89 3704 0044 0532 0130 00, please.", "Pay to ACCOUNT-1, please."),
        ("Pay to GB82WEST12345698765432.", "Pay to ACCOUNT-1."),
        ("Card 4111 1111 1111 1111 was charged.", "Card CARD-1 was charged."),
        ("Card 4111111111111111.", "Card CARD-1."),
        ("SSN 078-05-1120", "SSN NUMBER-1"),
    ],
)
def test_personal_data_goes(text: str, masked: str) -> None:
    assert Masker().masked(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Version 10.4.2211 of 2026-11-28, part 4111-2222-33, build 20261128123456.",
        "The order 4111 1111 1111 1112 is no card, and DE89 3704 0044 0532 0130 01 no account.",
        "Open 192.168.100.200:8443 and set max_bytes=1073741824.",
        "It takes 5 + 10 minutes, 3.5+ GB and 100 000 rows.",
        "Use @Override, user@host, or git@ alone.",
        'A quote [2: "retains each backup for 30 days"] stays.',
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    assert Masker().masked(text) == text


def test_a_value_has_one_name_in_all_texts_of_a_row() -> None:
    masker = Masker()
    first = masker.masked("Ask Jane@x.example or bob@x.example.")
    second = masker.masked("jane@X.example, +49 30 1234567, +49-30-1234567")
    assert first == "Ask MAIL-1 or MAIL-2."
    assert second == "MAIL-1, PHONE-1, PHONE-1"


def test_masking_ends_on_long_hostile_text() -> None:
    for text in (
        "a." * 50_000,
        "+1 " * 50_000,
        "1 " * 50_000,
        "x@" + "a." * 50_000,
        "DE89 " * 20_000,
    ):
        Masker().masked(text)
