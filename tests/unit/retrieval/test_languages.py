import pytest

from footnote.domain.chunk import Chunk
from footnote.domain.document import KnowledgeBaseId
from footnote.retrieval.bm25 import lexical_vector, question_terms
from footnote.retrieval.languages import language_of

KB = KnowledgeBaseId("help")


def terms_of(question: str, *languages: str) -> set[int]:
    return {term.term for term in question_terms(KB, question, languages)}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How do I reset the router?", "english"),
        ("Wie setze ich den Router zur\u00fcck?", "german"),
        ("Comment r\u00e9initialiser le routeur ?", "french"),
        ("\u00bfC\u00f3mo restablezco el enrutador?", "spanish"),
        ("Come posso ripristinare il router?", "italian"),
        ("Onde est\u00e1 o manual do roteador?", "portuguese"),
        ("Hoe reset ik de router van mijn netwerk?", "dutch"),
        ("Hur \u00e5terst\u00e4ller jag routern n\u00e4r den inte svarar?", "swedish"),
        ("Где находится кнопка и что она делает?", "russian"),
    ],
)
def test_a_language_shows_by_its_small_words(text: str, language: str) -> None:
    assert language_of(text, otherwise="unknown") == language


@pytest.mark.parametrize("text", ["", "router reset password", 'const x = require("fs")', "42"])
def test_a_text_without_small_words_has_no_language_of_its_own(text: str) -> None:
    assert language_of(text, otherwise="unknown") == "unknown"


def test_a_question_finds_other_forms_of_its_words_in_every_language_of_the_documents() -> None:
    chunk = Chunk(
        ordinal=0,
        text="Die Sicherungen werden in den H\u00e4usern der Kunden aufbewahrt.",
        heading_path=(),
        page=None,
        start=0,
        end=60,
    )
    stored = lexical_vector(KB, (), chunk, language_of(chunk.text)).terms
    question = "Wo ist die Sicherung im Haus des Kunden?"
    found = terms_of(question, "english", "german")
    assert len(stored.keys() & found) == 3
    assert len(stored.keys() & terms_of(question, "english")) < 3


def test_small_words_of_the_questions_language_are_no_terms_in_another() -> None:
    asked = terms_of("Wie die Sicherung in dem Haus war", "english")
    assert asked == terms_of("Sicherung Haus", "english")


def test_the_forms_of_a_word_in_several_languages_are_one_word() -> None:
    asked = question_terms(KB, "Sicherungen H\u00e4user", ("english", "german"))
    assert len(asked) == 4
    assert len({term.word for term in asked}) == 2


def test_forms_that_share_a_term_are_counted_together() -> None:
    (pod,) = question_terms(KB, "Pods and pods, a pod")
    assert pod.count == 3


def test_the_words_of_headings_count_more_than_those_of_the_text() -> None:
    def stored(text: str, path: tuple[str, ...]) -> dict[int, float]:
        chunk = Chunk(ordinal=0, text=text, heading_path=path, page=None, start=0, end=len(text))
        return lexical_vector(KB, (), chunk, "english").terms

    (heading,) = terms_of("backup", "english")
    in_heading = stored("the router restarts", ("backup",))[heading]
    assert in_heading > stored("the router restarts backup", ())[heading]
