"""A judge's opinion beside that of people."""

import pytest

from footnote.evaluation.tone import agreement, guide_name


@pytest.mark.parametrize(
    ("people", "judge", "kappa"),
    [
        ([True, False] * 5, [True, False] * 5, 1.0),
        ([True, True, False, False], [True, False, True, False], 0.0),
        ([True, False], [False, True], -1.0),
        ([True, True], [True, True], None),  # who always says yes agrees by chance
        ([], [], None),
    ],
)
def test_agreement_is_told_beyond_that_of_chance(
    people: list[bool], judge: list[bool], kappa: float | None
) -> None:
    assert agreement(people, judge).kappa == (None if kappa is None else pytest.approx(kappa))


def test_it_is_told_in_which_way_a_judge_errs() -> None:
    told = agreement([True, True, False, False, False], [True, False, True, True, False])
    assert (told.texts, told.agreed, told.too_mild, told.too_strict) == (5, 2, 2, 1)


def test_the_same_guide_has_the_same_name_whatever_lies_around_it() -> None:
    assert guide_name("Be kind.\n") == guide_name("Be kind.") != guide_name("Be brief.")
