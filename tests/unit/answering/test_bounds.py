"""A quote cannot be cut so that what it leaves out of its sentence does not count."""

import pytest

from footnote.answering.citations import cite
from footnote.answering.draft import read_draft
from footnote.domain.prompt import write_claim
from tests.unit.answering.test_citations import passage

BEFORE = "This page is about the service and was written for its readers. "


def status(text: str, quote: str, said: str = "") -> str:
    """How a sentence fared that says just what its quote does, or something else."""
    draft = read_draft(f"{said or quote + '.'} {write_claim(1, quote)}")
    given = cite(draft, [passage(BEFORE + text)])
    return given.citations[0].status if given.citations else ""


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Refunds are made in May if the seal holds.", "Refunds are made in May"),
        ("Refunds are made in May, if the seal holds.", "Refunds are made in May"),
        ("Refunds are made in May, unless it broke.", "Refunds are made in May"),
        ("Refunds are made in May as long as it holds.", "Refunds are made in May"),
        ("Refunds are made in May, except for guests.", "Refunds are made in May"),
        ("If the seal holds, refunds are made in May.", "refunds are made in May"),
        ("When the seal holds, refunds are made in May.", "refunds are made in May"),
        ("Unless it broke, refunds are made in May.", "refunds are made in May"),
        ("We deny that refunds are made in May.", "refunds are made in May"),
        ("It is a myth that refunds are made in May.", "refunds are made in May"),
        ("It is forbidden to share passwords with others.", "share passwords with others"),
        ("Few admins can delete the files.", "admins can delete the files"),
        ("Premium customers get a refund.", "customers get a refund"),
        ("It costs at most 30 euros a month.", "30 euros a month"),
        ("The limit is 10 GB per user.", "The limit is 10"),
        ("The limit is 10% per user.", "The limit is 10"),
        ("The limit is 10 million users.", "The limit is 10"),
    ],
)
def test_what_binds_or_bounds_a_quote_from_outside_is_seen(text: str, quote: str) -> None:
    assert status(text, quote) == "unverified"


@pytest.mark.parametrize(
    ("text", "quote", "said"),
    [
        ("Backups stay for 30 days, and they may be moved.", "Backups stay for 30 days", ""),
        ("Backups stay for 30 days. If you pay, they move.", "Backups stay for 30 days.", ""),
        ("The plan costs 5 euros a month, with support.", "The plan costs 5 euros a month", ""),
        ("However, the plan costs 5 euros a month.", "the plan costs 5 euros a month", ""),
        ("Note that the plan costs 5 euros a month.", "the plan costs 5 euros a month", ""),
        ("The plan costs 5 euros a month.", "costs 5 euros a month", "It costs 5 euros a month."),
        ("You may move it, and backups stay for 30 days.", "backups stay for 30 days", ""),
        ("It costs at most 30 euros.", "costs at most 30 euros", "It costs at most 30 euros."),
    ],
)
def test_what_says_something_of_its_own_beside_a_quote_does_not_matter(
    text: str, quote: str, said: str
) -> None:
    assert status(text, quote, said) == "verified"


@pytest.mark.parametrize("apostrophe", ["'", "\u2019"])
def test_a_quote_cannot_stop_inside_a_word_that_denies(apostrophe: str) -> None:
    assert status(f"The users can{apostrophe}t go there.", "The users can") == ""
    assert status("Non-premium users get a refund.", "premium users get a refund") == ""
