"""Chunks follow the headings, keep every word, and stay within their size."""

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from footnote.chunking import chunk_document
from footnote.domain.chunk import Chunk
from footnote.domain.element import Element, ElementKind, PartitionedDocument
from footnote.domain.pages import page_at
from tests.builders import heading, partitioned, text

LONG = "Every night the copy is checked against the original and a report is sent. " * 8
WORDS = re.compile(r"\w+")


def test_a_heading_starts_a_new_chunk_with_its_path() -> None:
    document = partitioned(
        heading("Guide"), heading("Install", 1), text(LONG), heading("Upgrade", 1), text(LONG)
    )
    paths = [chunk.heading_path for chunk in chunk_document(document)]
    assert paths == [("Guide", "Install"), ("Guide", "Upgrade")]


def test_tiny_sections_are_joined_under_the_heading_that_they_share() -> None:
    document = partitioned(
        heading("FAQ"),
        heading("Is it free?", 1),
        text("Yes."),
        heading("For how long?", 1),
        text("For ever."),
    )
    (chunk,) = chunk_document(document)
    assert chunk.heading_path == ("FAQ",)
    assert chunk.text == "Is it free?\n\nYes.\n\nFor how long?\n\nFor ever."


def test_a_heading_without_text_goes_with_the_section_after_it() -> None:
    document = partitioned(heading("FORM 10-Q"), heading("Balance sheet"), text(LONG))
    (chunk,) = chunk_document(document)
    assert chunk.heading_path == ("Balance sheet",)
    assert chunk.text.startswith("FORM 10-Q\n")


def test_a_document_of_headings_only_still_gives_a_chunk() -> None:
    document = partitioned(heading("Menu"), heading("Soups", 1), heading("Fish", 1))
    (chunk,) = chunk_document(document)
    assert chunk.text == "Menu\n\nSoups\n\nFish"


def test_a_path_has_ten_headings_at_most_and_loses_no_words_of_the_others() -> None:
    nested = [heading(f"Level {depth} {'.' * 280}", depth) for depth in range(150)]
    leaves = [
        part
        for n in range(20)
        for part in (heading(f"Leaf {n}", 150), text(f"Text {n} of the leaf. " * 20))
    ]
    chunks = chunk_document(partitioned(*nested, *leaves))
    assert max(len(chunk.heading_path) for chunk in chunks) == 10
    held = " ".join(chunk.text + " ".join(chunk.heading_path) for chunk in chunks)
    assert all(f"Level {depth} ." in held for depth in range(150))
    assert chunks[-1].heading_path[-1] == "Leaf 19"


def test_a_line_that_announces_a_code_block_stays_with_it() -> None:
    code = Element(kind=ElementKind.CODE, text="```\n" + "run --again\n" * 30 + "```")
    document = partitioned(text(LONG + LONG[:300]), text("Then run this:"), code)
    assert chunk_document(document)[1].text.startswith("Then run this:\n\n```")


def test_a_caption_stays_with_the_table_under_it() -> None:
    table = Element(kind=ElementKind.TABLE, text="| a | b |\n" * 60)
    document = partitioned(text(LONG + LONG[:300]), text("Prices in EUR"), table)
    assert chunk_document(document)[1].text.startswith("Prices in EUR\n\n| a")


def test_a_split_table_repeats_its_header() -> None:
    rows = "\n".join(f"| part {number} | {number} EUR |" for number in range(200))
    table = Element(kind=ElementKind.TABLE, text=f"| name | price |\n| --- | --- |\n{rows}")
    chunks = chunk_document(partitioned(table))
    assert len(chunks) > 3
    assert all(chunk.text.startswith("| name | price |\n| --- | --- |\n| part") for chunk in chunks)


def test_a_delimiter_row_may_be_short() -> None:
    rows = "\n".join(f"| part {number} | {number} EUR |" for number in range(200))
    table = Element(kind=ElementKind.TABLE, text=f"| name | price |\n|:-:|:--|\n{rows}")
    texts = [chunk.text for chunk in chunk_document(partitioned(table))]
    assert all(found.startswith("| name | price |\n|:-:|:--|\n| part") for found in texts)


def test_a_line_of_dashes_that_is_no_delimiter_row_costs_no_time() -> None:
    dashes = "-" * 50_000 + "x"
    table = Element(kind=ElementKind.TABLE, text=f"head\n{dashes}\n" + "row 1 2\n" * 300)
    started = time.process_time()
    chunk_document(partitioned(table))
    assert time.process_time() - started < 2


def test_a_block_between_target_and_maximum_is_not_cut() -> None:
    code = Element(kind=ElementKind.CODE, text="x = 1\n" * 250)
    (chunk,) = chunk_document(partitioned(code), target_chars=1000, max_chars=1600)
    assert chunk.text == code.text


def test_a_long_paragraph_is_cut_after_sentences() -> None:
    chunks = chunk_document(partitioned(text(LONG * 6)))
    assert len(chunks) > 1
    assert all(chunk.text.rstrip().endswith("sent.") for chunk in chunks)


def test_a_word_is_cut_only_where_it_is_longer_than_a_chunk() -> None:
    chunks = chunk_document(partitioned(text("key " + "x" * 2500 + " value " * 300)))
    assert [len(WORDS.findall(chunk.text)[0]) for chunk in chunks][1] == 1600
    assert all(set(WORDS.findall(chunk.text)) <= {"key", "value"} for chunk in chunks[3:])


def test_the_page_of_a_chunk_is_where_it_begins() -> None:
    document = partitioned(text(LONG, page=3), text(LONG, page=4))
    assert [chunk.page for chunk in chunk_document(document)] == [3, 4]


ELEMENTS = st.builds(
    Element,
    kind=st.sampled_from(ElementKind),
    text=st.text(st.sampled_from("ab. \n|-é。"), min_size=1, max_size=400).filter(str.strip),
    page=st.none() | st.integers(1, 9),
    depth=st.integers(0, 4),
)


def test_each_block_of_a_chunk_is_on_its_own_page() -> None:
    blocks = [
        text("No page is known of the cover.", page=None),
        text("It begins on the second.", page=2),
        text("A sentence that goes on over the page.", page=3, page_breaks=(23,)),
        # Five is an empty page; a footnote of the fourth comes late.
        text("Here is the sixth.", page=6),
        text("A footnote.", page=4),
    ]
    (chunk,) = chunk_document(partitioned(*blocks))
    found = {
        word: page_at(chunk.page, chunk.page_breaks, chunk.text.index(word))
        for word in ("cover", "begins", "sentence", "goes on", "over the", "Here", "footnote")
    }
    assert found == {
        "cover": 2,
        "begins": 2,
        "sentence": 3,
        "goes on": 3,
        "over the": 4,
        "Here": 6,
        "footnote": 6,
    }


def test_the_pieces_of_a_long_paragraph_are_on_their_own_pages() -> None:
    sentences = [f"Sentence {number} is told at length on this page." for number in range(120)]
    content = " ".join(sentences)
    breaks = (content.index("Sentence 50 "), content.index("Sentence 100 "))
    chunks = chunk_document(partitioned(text(content, page=7, page_breaks=breaks)))
    pages = {
        number: page_at(chunk.page, chunk.page_breaks, chunk.text.index(f"Sentence {number} "))
        for chunk in chunks
        for number in range(120)
        if f"Sentence {number} " in chunk.text
    }
    assert pages == {number: 7 + (number >= 50) + (number >= 100) for number in range(120)}


def _chunks(elements: list[Element]) -> tuple[Chunk, ...]:
    document = PartitionedDocument(elements=tuple(elements))
    return chunk_document(document, target_chars=120, max_chars=200)


@given(st.lists(ELEMENTS, max_size=25))
def test_offsets_point_into_the_joined_texts(elements: list[Element]) -> None:
    chunks = _chunks(elements)
    whole = "\n\n".join(chunk.text for chunk in chunks)
    assert [whole[chunk.start : chunk.end] for chunk in chunks] == [c.text for c in chunks]
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))


@given(st.lists(ELEMENTS, max_size=25))
def test_no_letter_is_lost(elements: list[Element]) -> None:
    chunks = _chunks(elements)
    found = "".join(" ".join((*chunk.heading_path, chunk.text)) for chunk in chunks)
    for letter in "abé.。":
        assert found.count(letter) >= sum(
            e.text.count(letter) for e in elements if e.kind != "title"
        )


@given(st.lists(ELEMENTS, max_size=25))
def test_no_chunk_is_empty_or_above_the_maximum(elements: list[Element]) -> None:
    sizes = [len(chunk.text) for chunk in _chunks(elements)]
    assert all(0 < size <= 200 for size in sizes)
