"""Numbers and their units are compared by what they come to, however they are written."""

import pytest

from tests.unit.answering.test_ties import status


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("The limit is 1,000 requests.", "The limit is 1.000 requests."),
        ("The limit is 1,000 requests.", "The limit is ~1,000 requests."),
        ("The limit is ~1,000 requests.", "The limit is 1,000 requests."),
        ("The limit is 1,000+ requests.", "The limit is 1,000 requests."),
        ("The limit is 10\u00b2 requests.", "The limit is 102 requests."),
        ("The limit is 5e-3 volts.", "The limit is 5 volts."),
        ("The fee is \u20ac12.50 a week.", "The fee is -\u20ac12.50 a week."),
        ("The fee is 3\u00bd percent.", "The fee is 31/2 percent."),
        ("The fee is 3\u00bd percent.", "The fee is 312 percent."),
        ("The fee is 2.5% for the third year.", "The fee is 2.5\u2030 for the third year."),
        ("The fee is 2.5% for the third year.", "The fee is 2.5% for the year."),
        ("Use Python 3.10 or newer.", "Use Python 3,1 or newer."),
        ("The file has 5 MB and the memory 5 Gb.", "The memory has 5 GB."),
        ("It needs 20 GB of memory.", "It needs 20 Gb of memory."),
        ("It needs 20 GB of memory.", "It needs 20 of memory."),
        ("The station yields 5 MW of power.", "The station yields 5 mW of power."),
        ("One hundred and twenty users may log in.", "Twenty users may log in."),
        ("One hundred and twenty users may log in.", "One hundred users may log in."),
        ("Two thousand five hundred users may log in.", "2,000 users may log in."),
        ("The fair opens in May 2026, the shop in June 2027.", "The fair opens in 2027."),
        ("Founded in the 1990s, it grew.", "Founded in 1990, it grew."),
        ("Two thirds of the staff travel, one third stays.", "One third of the staff travel."),
    ],
)
def test_another_number_or_unit_is_not_verified(told: str, said: str) -> None:
    assert status(told, said) != "verified"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("The limit is 1,000 requests.", "The limit is one thousand requests."),
        ("One hundred and twenty users may log in.", "120 users may log in."),
        ("A hundred and twenty users may log in.", "One hundred twenty users may log in."),
        ("Two thousand five hundred users may log in.", "2,500 users may log in."),
        ("Twenty-one users may log in.", "Twenty one users may log in."),
        ("The fee is 3\u00bd percent.", "The fee is 3 1/2 percent."),
        ("It must not drop below -5 \u00b0C.", "It must not drop below minus 5 \u00b0C."),
        ("The fee is \u20ac12.50 a week.", "The fee is 12.50 euros a week."),
        ("The offer ends on 3 April 2026.", "The offer ends on Apr. 3, 2026."),
    ],
)
def test_the_same_number_in_another_form_is_verified(told: str, said: str) -> None:
    assert status(told, said) == "verified"


@pytest.mark.parametrize(
    ("language", "told", "said"),
    [
        ("german", "Es sind zweihundert Plätze frei.", "Es sind 200 Plätze frei."),
        ("german", "Das kostet 1,5 Mio. Euro.", "Das kostet 1.500.000 Euro."),
        ("french", "Il coûte mille deux cents euros.", "Il coûte 1200 euros."),
        ("spanish", "Son doscientos treinta y cinco euros.", "Son 235 euros."),
    ],
)
def test_numbers_in_several_words_are_read_in_other_languages(
    language: str, told: str, said: str
) -> None:
    assert status(told, said, language) == "verified"


@pytest.mark.parametrize(
    ("language", "told", "said"),
    [
        ("german", "Die Frist beträgt anderthalb Jahre.", "Die Frist beträgt Jahre."),
        ("german", "Es sind zweihundert frei und tausend belegt.", "Es sind tausend frei."),
        ("french", "Il coûte mille deux cents euros.", "Il coûte deux cents euros."),
    ],
)
def test_a_part_of_a_number_is_another_number(language: str, told: str, said: str) -> None:
    assert status(told, said, language) != "verified"
