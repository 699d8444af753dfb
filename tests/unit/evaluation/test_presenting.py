"""Figures as people read them."""

import pytest

from footnote.evaluation.metrics.metric import Unit
from footnote.evaluation.presenting import changed, interval, shown


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.8072, Unit.SHARE, "0.807"),
        (1234.4, Unit.MILLISECONDS, "1,234 ms"),
        (0.125, Unit.DOLLARS, "0.12 USD"),
        (812.0, Unit.TOKENS, "812"),
    ],
)
def test_a_figure_has_the_digits_of_its_unit(value: float, unit: Unit, text: str) -> None:
    assert shown(value, unit) == text


def test_a_change_has_a_sign_and_nothing_is_no_loss() -> None:
    assert changed(-0.0161, Unit.SHARE) == "-0.016"
    assert changed(-0.0001, Unit.SHARE) == "+0.000"


def test_an_interval_has_both_ends_or_none() -> None:
    assert interval(-0.0001, 0.0412, Unit.SHARE, signed=True) == "+0.000 to +0.041"
    assert interval(0.9, 1.0, Unit.SHARE) == "0.900 to 1.000"
    assert interval(None, None, Unit.SHARE) == ""
