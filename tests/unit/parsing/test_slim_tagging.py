"""The stand-in for spaCy tells sentences from headings for Unstructured."""

import pytest

from footnote.parsing.slim_unstructured import install


@pytest.mark.parametrize(
    ("line", "narrative"),
    [
        ("The router keeps a copy of every setting in its memory.", True),
        ("Nobody wanted this, and it happened anyway.", True),
        ("Quarterly Results By Region", False),
    ],
)
def test_a_sentence_has_a_verb_and_a_heading_has_none(line: str, narrative: bool) -> None:
    install()
    from unstructured.partition.text_type import is_possible_narrative_text

    assert is_possible_narrative_text(line, languages=[""]) is narrative


def test_sentences_are_told_apart() -> None:
    install()
    from unstructured.nlp.tokenize import sent_tokenize

    assert sent_tokenize('He left. "Why?" she said. 3.5 is a number.') == [
        "He left.",
        '"Why?" she said.',
        "3.5 is a number.",
    ]
