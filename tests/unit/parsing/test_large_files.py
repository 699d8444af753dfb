"""Large files are read in linear time and a few times their size of memory."""

import tracemalloc
from collections.abc import Callable

import pytest

from footnote.chunking import chunk_document
from footnote.domain.errors import FailedDocumentError
from footnote.parsing import ParsingLimits, partition
from tests.builders import Type, docx, pdf, xlsx

LIMITS = ParsingLimits()
MEGABYTE = 2**20


def _peak(content: bytes, filename: str) -> int:
    """Bytes that Python allocates for the document, and on the way to it."""
    partition(b"x", "a.txt", LIMITS)
    tracemalloc.start()
    try:
        partition(content, filename, LIMITS)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _markdown(count: int) -> bytes:
    return "".join(f"word list number {number}\n\n" for number in range(count)).encode()


def _csv(count: int) -> bytes:
    return ("id,text\n" + "4711,some words here\n" * count).encode()


@pytest.mark.parametrize(
    ("make", "filename"), [(_markdown, "a.md"), (_csv, "a.csv")], ids=["markdown", "csv"]
)
def test_memory_is_that_of_the_text_and_its_elements(
    make: Callable[[int], bytes], filename: str
) -> None:
    content = make(40_000)
    # Markdown's tokens alone would take fifty times as much, Unstructured's elements twenty.
    assert _peak(content, filename) < 14 * len(content) + 8 * MEGABYTE


def test_blocks_of_markdown_go_on_over_the_lines_that_are_parsed_together() -> None:
    code = "```\n" + "line of code\n\n" * 6_000 + "```"
    document = partition(
        f"Before.\n\n{code}\n\n# After\n\n{'- item\n' * 7_000}".encode(), "a.md", LIMITS
    )
    kinds = [element.kind.value for element in document.elements]
    assert kinds == ["text", "code", "title", *["list_item"] * 7_000]
    assert document.elements[1].text == code


def test_a_document_is_given_up_when_it_holds_too_much_and_not_after_it_is_read() -> None:
    rows = "4711,some words here\n" * 2_000_000
    tracemalloc.start()
    try:
        with pytest.raises(FailedDocumentError, match="more than 1,000 characters of text"):
            partition(rows.encode(), "a.csv", ParsingLimits(max_text_chars=1_000, max_bytes=10**9))
        assert tracemalloc.get_traced_memory()[1] < 4 * len(rows)
    finally:
        tracemalloc.stop()


def test_a_paragraph_that_never_ends_is_cited_by_its_pages() -> None:
    lines = [(Type.BODY, "words without an end that go on and on and on")] * 45
    document = partition(pdf([lines] * 6), "a.pdf", LIMITS)
    assert {element.page for element in document.elements} == {1, 3, 5}


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (docx(*[("Normal", f"Paragraph number {n}.") for n in range(300)]), "a.docx"),
        (xlsx({"A": [["part", "price"], *(["fan", n] for n in range(300))]}), "a.xlsx"),
    ],
    ids=["docx", "xlsx"],
)
def test_office_files_lose_nothing_on_the_way_to_chunks(content: bytes, filename: str) -> None:
    chunks = chunk_document(partition(content, filename, LIMITS))
    words = " ".join(chunk.text for chunk in chunks)
    assert "299" in words
    assert all(len(chunk.text) <= 1_600 for chunk in chunks)
