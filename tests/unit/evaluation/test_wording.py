"""Texts compared as SQuAD does, and passages and quotes held against what they come from."""

import pytest

from footnote.evaluation.wording import (
    contains_one_of,
    holds_gold,
    squad_words,
    stands_in,
    token_f1,
    without_markers,
    word_recall,
)
from tests.outcomes import BACKUPS

LONG = " ".join(f"word{number}" for number in range(40))


@pytest.mark.parametrize(
    ("answer", "golds", "f1"),
    [
        ("The Norman, mercenary!", ["a norman mercenary"], 1.0),
        ("Norman", ["Norman mercenary"], 2 / 3),
        ("to to be", ["to be"], 0.8),  # a word counts as often as it stands in both
        ("Paris", ["London", "Paris, France"], 2 / 3),
        ("Paris", ["London"], 0.0),
        ("", ["London"], 0.0),
        ("the", ["an"], 1.0),  # no words on both sides: SQuAD's script says 1
    ],
)
def test_f1_is_that_of_squads_script(answer: str, golds: list[str], f1: float) -> None:
    assert token_f1(answer, golds) == pytest.approx(f1)


def test_words_lose_case_articles_and_punctuation_and_no_more() -> None:
    assert squad_words("The U.S. theatre isn't an  OPERA.") == ["us", "theatre", "isnt", "opera"]


def test_an_answers_markers_are_not_its_words() -> None:
    assert without_markers("Thirty days. [1] Always. [12]") == "Thirty days. Always."


@pytest.mark.parametrize(
    ("answer", "gold", "contained"),
    [
        ("It is kept for Thirty\n days.", "thirty days", True),
        ("It costs 1,000 dollars", "1 000", True),
        ("ﬁve", "five", True),
        ("Thirty weeks", "thirty days", False),
        ("Thirty weeks", "...", False),
    ],
)
def test_a_gold_answer_is_found_whatever_its_layout(
    answer: str, gold: str, *, contained: bool
) -> None:
    assert contains_one_of(answer, [gold]) is contained


def test_recall_is_of_the_gold_answer_that_is_met_best() -> None:
    assert word_recall("Kept for thirty days", ["thirty long days", "a year and a day"]) == 2 / 3
    assert word_recall("Kept", []) == 0


@pytest.mark.parametrize(
    ("passage", "gold", "held"),
    [
        (f"Before. {BACKUPS} After.", BACKUPS, True),
        (BACKUPS.upper().replace(" ", "\n"), BACKUPS, True),
        (" ".join(LONG.split()[:20]), LONG, True),  # a chunk that lies in a long gold text
        (f"{' '.join(LONG.split()[22:])} {LONG[::-1]}", LONG, False),  # less than half of it
        ("Backups are kept.", BACKUPS, False),
        ("The thirty days of June", "thirty days", True),  # gold shorter than a shingle
        ("Thirty", "thirty days", False),
        ("anything", "", False),
    ],
)
def test_a_passage_holds_a_gold_text_by_half(passage: str, gold: str, *, held: bool) -> None:
    assert holds_gold(passage, [gold]) is held


def test_a_quote_must_stand_word_for_word() -> None:
    assert stands_in("kept for\n thirty  days", ["No.", BACKUPS])
    assert not stands_in("kept for forty days", ["No.", BACKUPS])
    assert not stands_in("kept thirty days", [BACKUPS])
    assert not stands_in("  ", [BACKUPS])
