"""Labelled texts are read whole, or refused with the lines that are wrong."""

from pathlib import Path

import pytest

from footnote.domain.errors import UnprocessableError
from footnote.evaluation.labelled_texts import LabelledText, read_labelled_texts


def test_both_forms_are_read_and_a_text_that_stands_twice_counts_once(tmp_path: Path) -> None:
    table, lines = tmp_path / "labels.csv", tmp_path / "labels.jsonl"
    table.write_text('text,label,other\n"Where, then?",place,1\nWhen? ,time,2\nWhen?,time,3\n')
    lines.write_text(
        '{"text": "Where, then?", "label": "place"}\n\n{"text": "When?", "label": "time"}\n'
    )
    expected = [
        LabelledText(text="Where, then?", label="place"),
        LabelledText(text="When?", label="time"),
    ]
    assert read_labelled_texts(table) == read_labelled_texts(lines) == expected


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            '{"text": "a", "label": "b"}\n{"text": "a", "label": "c"}',
            "line 2: the text of line 1 has",
        ),
        ('{"text": "a"}', "line 1: label: Field required"),
        ('{"text": " ", "label": "b"}', "line 1: text: String should have at least 1"),
        ('{"text": "a", "label": "b\\u001b[2J"}', "line 1: label: String should match"),
        ("text", "line 1: is no JSON"),
        ("[1]", "line 1: Input should be a valid dictionary"),
        ("", "it is empty"),
        ("\xff\xfe", "line 1: is no JSON"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(content)
    with pytest.raises(UnprocessableError) as refused:
        read_labelled_texts(path)
    assert "none was used" in str(refused.value)
    assert reason in str(refused.value)


def test_a_mistake_in_a_csv_is_told_with_the_first_line_of_its_row(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text('text,label\n"Two\nlines?",\n')
    with pytest.raises(UnprocessableError, match="line 2: label"):
        read_labelled_texts(path)
