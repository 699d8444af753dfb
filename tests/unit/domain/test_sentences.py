from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote.domain.sentences import item_number, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def test_a_sentence_ends_where_the_next_one_begins() -> None:
    assert sentences('It works. "Really?" Yes! Version 2.1 too.') == [
        "It works.",
        '"Really?"',
        "Yes!",
        "Version 2.1 too.",
    ]


def test_an_abbreviation_ends_no_sentence() -> None:
    assert sentences("Ask Dr. Smith, e.g. Monday. Then call.") == [
        "Ask Dr. Smith, e.g. Monday.",
        "Then call.",
    ]


def test_what_is_counted_or_shortened_stays_with_what_follows() -> None:
    assert sentences(
        "See Art. 5 of Apr. 3, 2026. Das kostet 2 Mio. Euro. It is in Art. Then go."
    ) == [
        "See Art. 5 of Apr. 3, 2026.",
        "Das kostet 2 Mio. Euro.",
        "It is in Art.",
        "Then go.",
    ]


def test_the_full_stop_of_a_german_date_ends_no_sentence() -> None:
    assert sentences("Es gilt ab dem 25. November 2026. Bis 31. Mai war es 30. Danach nicht.") == [
        "Es gilt ab dem 25. November 2026.",
        "Bis 31. Mai war es 30.",
        "Danach nicht.",
    ]


def test_list_items_and_table_rows_stand_alone() -> None:
    assert sentences("Steps:\n- open it\n- close it\n\n| a | b |\n| 1 | 2 |") == [
        "Steps:",
        "- open it",
        "- close it",
        "| a | b |",
        "| 1 | 2 |",
    ]


def test_the_number_of_a_lists_item_is_no_sentence() -> None:
    assert sentences("1. Open it. Wait.\n2. Close it.\nIt has 3. That is all.") == [
        "1. Open it.",
        "Wait.",
        "2. Close it.",
        "It has 3.",
        "That is all.",
    ]


@pytest.mark.parametrize(
    "text", ["1. Mai ist frei.", "2.1 is new.", "1.", "2026. So.", "It is 1. "]
)
def test_what_is_no_item_of_a_list_has_no_number(text: str) -> None:
    assert item_number(text) is None


def test_an_item_of_a_list_has_its_number_and_a_text() -> None:
    assert item_number("12) Save it.") == (12, 4)


def test_a_long_text_of_initials_is_read_in_one_pass() -> None:
    assert sentences("A. " * 50_000)[0].startswith("A. A.")


@given(st.text())
def test_sentences_are_in_order_never_overlap_and_lose_only_white_space(text: str) -> None:
    spans = list(sentence_spans(text))
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())
