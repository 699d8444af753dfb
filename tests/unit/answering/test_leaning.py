"""Which questions lean on the ones before them, and on what."""

import pytest

from footnote.answering.languages import Language, languages
from footnote.answering.leaning import MOST_CHARS, leans, leant_on
from tests.follow_ups import DIALOGUES, LEANING, STANDING_ALONE

EUROPE = "How long are backups kept in Europe?"
RESET = "How do I reset the Falcon router?"


@pytest.mark.parametrize("question", [*LEANING, *(one.follows for one in DIALOGUES)])
def test_a_follow_up_leans(question: str) -> None:
    assert leans(question)


@pytest.mark.parametrize("question", [*STANDING_ALONE, *(one.first for one in DIALOGUES)])
def test_a_question_with_a_subject_of_its_own_stands_alone(question: str) -> None:
    assert not leans(question)


@pytest.mark.parametrize(
    ("turns", "question", "subject"),
    [
        ([EUROPE], "Who can delete them?", "backups Europe"),
        ([RESET], "How much does it cost?", "Falcon router"),
        (["What does the Heron printer cost?"], "And the warranty?", "cost Heron printer"),
        ([RESET], "And the Heron printer?", "reset Falcon router"),
        (["When are invoices sent?"], "What if they are late?", "invoices"),
        (["What is the hotel allowance?"], "And in London?", "hotel allowance"),
        (["Wie lange werden Sicherungen aufbewahrt?"], "Und in Amerika?", "aufbewahrt Sicherungen"),
        (["When are invoices sent?", EUROPE], "Why?", "kept backups Europe"),
        ([EUROPE, "And in America?"], "Who can delete them?", "America backups Europe"),
        ([RESET, "And the Heron printer?"], "What does it cost?", "Heron printer"),
        ([RESET, "How much does it cost?"], "Does it support mesh?", "Falcon router"),
        (["And in Asia?"], "Why?", "Asia"),
        (["What does the circuit breaker do?"], "How long does it wait?", "circuit breaker"),
        (["Which formats are read?", "What about scans?"], "And mails?", "read scans"),
        ([], "And in America?", ""),
    ],
)
def test_a_follow_up_leans_on_the_subject_of_what_was_asked_before(
    turns: list[str], question: str, subject: str
) -> None:
    assert leant_on(question, turns) == subject


def test_a_question_that_stands_alone_leans_on_nothing() -> None:
    assert leant_on("When are invoices sent?", [EUROPE]) == ""


def test_a_long_subject_is_cut() -> None:
    assert len(leant_on("Why?", ["gadget" * 500, "word " * 500])) <= MOST_CHARS


@pytest.mark.parametrize("language", languages(), ids=lambda language: language.name)
def test_in_each_language_a_question_of_small_words_alone_leans(language: Language) -> None:
    assert leans(" ".join(sorted(language.free)[:3]) + "?")
