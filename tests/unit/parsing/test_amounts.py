"""What a document may hold is counted while it is read."""

import pytest

from footnote.domain.errors import FailedDocumentError
from footnote.parsing import ParsingLimits, partition
from tests.builders import xlsx


def test_a_document_of_too_many_paragraphs_fails() -> None:
    with pytest.raises(FailedDocumentError, match="more than 2 paragraphs"):
        partition(b"One.\n\nTwo.\n\nThree.\n", "a.txt", ParsingLimits(max_elements=2))


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_empty_cells_count(name: str) -> None:
    rows = [["a", "", "b"], ["c", "", "d"]]
    text = "\n".join(",".join(row) for row in rows).encode()
    content = text if name == "a.csv" else xlsx({"S": rows})
    assert partition(content, name, ParsingLimits(max_cells=6)).elements
    with pytest.raises(FailedDocumentError, match="more than 5 cells"):
        partition(content, name, ParsingLimits(max_cells=5))


def test_the_sheets_of_a_workbook_are_counted_together() -> None:
    sheets = {name: [["a", "b"]] for name in ("One", "Two", "Three")}
    with pytest.raises(FailedDocumentError, match="more than 5 cells"):
        partition(xlsx(sheets), "a.xlsx", ParsingLimits(max_cells=5))


def test_a_page_of_too_much_text_fails_before_it_is_taken_apart() -> None:
    with pytest.raises(FailedDocumentError, match="the page holds more than 10 characters"):
        partition(b"<p>eleven characters</p>", "a.html", ParsingLimits(max_text_chars=10))


def test_a_file_of_too_many_records_fails() -> None:
    with pytest.raises(FailedDocumentError, match="more than 2 records"):
        partition(b'[{"a": 1}, {"a": 2}, {"a": 3}]', "a.json", ParsingLimits(max_elements=2))
