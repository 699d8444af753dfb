"""PDF, DOCX, PPTX and XLSX become elements with pages, depths and tables."""

import time

import pytest

from footnote.domain.element import ElementKind, PartitionedDocument
from footnote.domain.errors import FailedDocumentError
from footnote.domain.pages import page_at
from footnote.parsing import ParsingLimits, partition
from tests.builders import Type, archive, docx, pdf, pptx, xlsx

LIMITS = ParsingLimits()
PROSE = [
    (Type.BODY, "The device must be cleaned once a week with a dry cloth, and it must be"),
    (Type.BODY, "unplugged before. Never use water, because it would destroy the elec-"),
    (Type.BODY, "tronics at once and for ever."),
]


def _shown(document: PartitionedDocument) -> list[tuple[str, str]]:
    return [(element.kind.value, element.text) for element in document.elements]


def test_a_pdf_joins_lines_and_words_into_paragraphs() -> None:
    document = partition(pdf([PROSE]), "a.pdf", LIMITS)
    (paragraph,) = document.elements
    assert paragraph.text.startswith("The device must be cleaned once a week")
    assert paragraph.text.endswith("would destroy the electronics at once and for ever.")
    assert paragraph.page == 1


def test_what_goes_on_over_a_pdf_page_is_known_by_its_pages() -> None:
    rows = [(Type.BODY, f"Sales of region {region} 1,234 5,678") for region in "ABCD"]
    first = [(Type.BODY, "A paragraph without an end goes on to the next page, in the mid-")]
    later = [(Type.BODY, "dle of a word, and comes to its end only there."), ("", "")]
    document = partition(pdf([first, [], [*later, *rows], rows]), "a.pdf", LIMITS)
    pages = {
        word: page_at(element.page, element.page_breaks, element.text.index(word))
        for element in document.elements
        for word in ("without", "middle", "word,", "there", "region A", "region D")
        if word in element.text
    }
    # The second page is empty; the table begins on the third and goes on to the fourth.
    assert pages == {
        "without": 1, "middle": 1, "word,": 3, "there": 3, "region A": 3, "region D": 3,
    }  # fmt: skip
    table = document.elements[-1]
    again = table.text.rindex("region A")
    assert page_at(table.page, table.page_breaks, again) == 4


def test_headings_of_a_pdf_are_told_by_size_and_weight() -> None:
    lines = [(Type.LARGE, "Manual"), ("", ""), (Type.BOLD, "Cleaning"), *PROSE]
    titles = [
        (element.text, element.depth)
        for element in partition(pdf([lines]), "a.pdf", LIMITS).elements
        if element.kind is ElementKind.TITLE
    ]
    assert titles == [("Manual", 0), ("Cleaning", 1)]


def test_a_row_of_figures_in_a_pdf_stays_one_line() -> None:
    rows = [
        (Type.BODY, "2026 2025"),
        (Type.BODY, "Net sales $ 1,234 $ 1,100"),
        (Type.BODY, "Cost of sales (334) (300)"),
    ]
    document = partition(pdf([[*PROSE, ("", ""), *rows]]), "a.pdf", LIMITS)
    assert _shown(document)[-1] == (
        "table",
        "2026 2025\nNet sales $ 1,234 $ 1,100\nCost of sales (334) (300)",
    )


@pytest.mark.parametrize(
    "first",
    ["1" * 60, "June 30, 2024 " * 20 + "or so", "a" * 30_000],
    ids=["digits", "dates", "letters"],
)
def test_a_line_that_is_nearly_a_row_of_dates_costs_no_time(first: str) -> None:
    lines = [(Type.BODY, line) for line in ("Report", f"{first} 5.5 6", "Row 5 6", "Row 7 8")]
    started = time.process_time()
    texts = [element.text for element in partition(pdf([lines]), "a.pdf", LIMITS).elements]
    assert time.process_time() - started < 5
    assert texts[-1].endswith("Row 5 6\nRow 7 8")


@pytest.mark.parametrize("dates", ["June 30, 2024 2023", "Sep. 28, 2024"])
def test_dates_over_the_columns_of_a_pdf_head_each_piece_of_the_table(dates: str) -> None:
    rows = [(Type.BODY, f"Sales of region number {number} 1,234 1,100") for number in range(45)]
    document = partition(pdf([[*PROSE, ("", ""), (Type.BODY, dates), *rows]]), "a.pdf", LIMITS)
    pieces = [element.text for element in document.elements if element.kind is ElementKind.TABLE]
    assert len(pieces) > 1
    assert all(piece.startswith(f"{dates}\nSales") for piece in pieces)


def test_running_lines_and_page_numbers_of_a_pdf_are_dropped() -> None:
    pages = [
        [(Type.BODY, "ACME annual report"), *PROSE, (Type.BODY, str(number))]
        for number in range(1, 6)
    ]
    texts = [element.text for element in partition(pdf(pages), "a.pdf", LIMITS).elements]
    assert " ".join(texts).count("ACME annual report") == 1
    assert not any(text.strip().isdigit() for text in texts)


def test_list_items_of_a_pdf_are_told_apart() -> None:
    lines = [*PROSE, (Type.BODY, "1. Unplug it."), (Type.BODY, "2. Wait.")]
    kinds = [kind for kind, _ in _shown(partition(pdf([lines]), "a.pdf", LIMITS))]
    assert kinds == ["text", "list_item", "list_item"]


def test_the_title_of_a_pdf_is_what_it_calls_itself_unless_that_is_a_file_name() -> None:
    lines = [(Type.LARGE, "Owner Manual"), *PROSE]
    named = partition(pdf([lines], title="The Blue Router"), "a.pdf", LIMITS)
    unnamed = partition(pdf([lines], title="scan0815.doc"), "a.pdf", LIMITS)
    assert (named.title, unnamed.title) == ("The Blue Router", "Owner Manual")


def test_a_docx_keeps_depths_and_tables() -> None:
    content = docx(
        ("Heading 1", "Guide"),
        ("Heading 2", "Parts"),
        ("Normal", "These are all parts of it."),
        ("List Bullet", "a fan"),
        table=[["Part", "EUR"], ["Fan", "7"]],
        title="The Guide",
    )
    document = partition(content, "a.docx", LIMITS)
    assert document.title == "The Guide"
    assert [(e.kind.value, e.text, e.depth) for e in document.elements] == [
        ("title", "Guide", 0),
        ("title", "Parts", 1),
        ("text", "These are all parts of it.", 0),
        ("list_item", "a fan", 0),
        ("table", "| Part | EUR |\n| --- | --- |\n| Fan | 7 |", 0),
    ]


def test_a_pptx_has_a_page_for_each_slide_and_the_notes() -> None:
    content = pptx(("Welcome", "To all of you"), ("Plan", "We build it"), notes="Say it slowly")
    elements = partition(content, "a.pptx", LIMITS).elements
    assert [(e.kind.value, e.text, e.page) for e in elements if e.page == 1] == [
        ("title", "Welcome", 1),
        ("text", "To all of you", 1),
    ]
    assert "Say it slowly" in [e.text for e in elements if e.page == 2]


def test_an_xlsx_has_a_heading_and_tables_for_each_visible_sheet() -> None:
    rows: list[list[object]] = [["Part", "EUR"], ["Fan", 7.5], ["Screw", 2]]
    content = xlsx({"Prices": rows, "Drafts": [["secret", "row"]]}, hidden=["Drafts"])
    assert _shown(partition(content, "a.xlsx", LIMITS)) == [
        ("title", "Prices"),
        ("table", "| Part | EUR |\n| --- | --- |\n| Fan | 7.5 |\n| Screw | 2 |"),
    ]


def test_tables_below_each_other_on_a_sheet_have_headers_of_their_own() -> None:
    rows: list[list[object]] = [
        ["Prices"],
        ["Part", "EUR"],
        ["Fan", 7],
        [],
        ["City", "Shops"],
        ["Ulm", 3],
    ]
    shown = _shown(partition(xlsx({"All": rows}), "a.xlsx", LIMITS))
    assert shown[1] == ("text", "Prices")
    assert [text.splitlines()[0] for _, text in shown[2:]] == ["| Part | EUR |", "| City | Shops |"]


def _encrypted_office_file() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "filename", "reason"),
    [
        (b"hello", "a.pdf", "not a PDF file although its name says so"),
        (b"%PDF-1.4 and nothing more", "a.pdf", "the PDF is damaged.*; upload it again"),
        (pdf([[]]), "a.pdf", "the PDF has no text layer; it may be a scan"),
        (b"hello", "a.docx", "not a DOCX file although its name says so; give it the ending"),
        (b"PK\x03\x04 cut off", "a.docx", "the DOCX file is damaged"),
        (xlsx({"A": [["x", "y"]]}), "a.docx", "not a DOCX file although its name says so"),
        (archive(word__document_xml=b"no xml"), "a.docx", "the DOCX file is damaged"),
        (archive(word__document_xml=b"0" * 10_000_000), "a.docx", "200 times its size"),
        (_encrypted_office_file(), "a.docx", "the DOCX file is encrypted; save a copy without"),
        (xlsx({"Empty": []}), "a.xlsx", "no text was found in the XLSX file"),
        (pptx(), "a.pptx", "no text was found in the PPTX file"),
    ],
)
def test_what_cannot_be_read_fails_with_the_reason(
    content: bytes, filename: str, reason: str
) -> None:
    with pytest.raises(FailedDocumentError, match=reason):
        partition(content, filename, LIMITS)


def test_archives_and_pdfs_over_the_limits_are_refused() -> None:
    with pytest.raises(FailedDocumentError, match="unpacks to more than 0 MB"):
        partition(docx(("Normal", "x")), "a.docx", ParsingLimits(max_unpacked_bytes=1_000))
    with pytest.raises(FailedDocumentError, match="holds more than 3 parts"):
        partition(docx(("Normal", "x")), "a.docx", ParsingLimits(max_zip_entries=3))
    with pytest.raises(FailedDocumentError, match="has 2 pages; the limit is 1"):
        partition(pdf([PROSE, PROSE]), "a.pdf", ParsingLimits(max_pages=1))
