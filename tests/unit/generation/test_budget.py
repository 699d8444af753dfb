"""How the time of a question is shared out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.generation.budget import attempt_s, extract_s, ledger_s, pause_s, shadow_s


@given(st.floats(min_value=0, max_value=900))
def test_two_attempts_and_all_that_follows_fit_into_the_time_that_is_left(left: float) -> None:
    rest = left
    for attempts_left in (2, 1):
        rest -= attempt_s(rest, attempts_left)
    rest -= extract_s(rest)
    rest -= shadow_s(rest)
    rest -= ledger_s(rest)
    assert rest >= 0


@pytest.mark.parametrize(("left", "first", "second"), [(20, 10.2, 17), (0.5, 0.255, 0.425)])
def test_the_first_attempt_gets_the_larger_part(left: float, first: float, second: float) -> None:
    assert [attempt_s(left, 2), attempt_s(left, 1)] == pytest.approx([first, second])


def test_there_is_no_third_attempt_and_none_in_the_last_moment() -> None:
    assert attempt_s(20, 0) == 0
    assert attempt_s(0.1, 2) == 0


@pytest.mark.parametrize(
    ("left", "retry_after", "pause"),
    [(20, None, 0.4), (20, 3, 3), (20, 19.95, None), (20, 120, None), (0.4, None, None)],
)
def test_a_pause_is_made_only_where_an_attempt_fits_behind_it(
    left: float, retry_after: float | None, pause: float | None
) -> None:
    assert pause_s(left, retry_after, 0.4) == pause
