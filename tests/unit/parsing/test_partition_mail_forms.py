"""A message in two forms is read in one of them, with what only the other says."""

from footnote.parsing import ParsingLimits, partition
from tests.builders import eml


def _body(plain: str, html: str) -> list[str]:
    message = eml(subject="x", plain=plain, html=html)
    return [element.text for element in partition(message, "a.eml", ParsingLimits()).elements][2:]


def test_what_both_forms_say_is_read_once() -> None:
    plain = "Dear Bob,\n\nhere is the offer: https://e.org/offer\n\n-- \nAda"
    html = "<p>Dear Bob,</p><p>here is <a href='https://e.org/offer'>the offer</a>:</p><p>Ada</p>"
    assert _body(plain, html) == ["Dear Bob,", "here is the offer:", "Ada"]


def test_what_only_the_plain_form_says_is_not_lost() -> None:
    plain = "Dear Bob,\n\nThe price is 12 EUR.\n"
    assert _body(plain, "<p>Dear Bob,</p>") == ["Dear Bob,", "The price is 12 EUR."]


def test_a_single_sign_is_kept_in_the_form_that_is_read() -> None:
    assert _body("Agreed?\n\n5", "") == ["Agreed?", "5"]
