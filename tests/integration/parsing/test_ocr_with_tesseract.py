"""Tesseract itself reads what Pillow has written; where it is missing, the summary says so."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw, ImageFont

from footnote.domain.element import ElementKind
from footnote.domain.errors import FailedDocumentError
from footnote.parsing import ParsingLimits, SandboxedParser
from footnote.parsing.ocr.tesseract import installed_languages, is_installed

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not is_installed(), reason="OCR IS NOT TESTED: no Tesseract; `make ocr`"),
]
SENTENCE = "Hold the button for ten seconds to reset the router."


@pytest.fixture(scope="module")
def parser() -> Iterator[SandboxedParser]:
    with SandboxedParser(timeout_s=60, limits=ParsingLimits(ocr=True)) as shared:
        yield shared


def page(*lines: str, heading: str = "") -> Image.Image:
    """An A4 page at 150 dots per inch."""
    sheet = Image.new("L", (1_240, 1_754), "white")
    draw = ImageDraw.Draw(sheet)
    draw.text((120, 120), heading, fill="black", font=ImageFont.load_default(60))
    for row, line in enumerate(lines):
        draw.text((120, 260 + 50 * row), line, fill="black", font=ImageFont.load_default(28))
    return sheet


def saved(form: str, *pages: Image.Image) -> bytes:
    file = io.BytesIO()
    pages[0].save(file, form, save_all=len(pages) > 1, append_images=pages[1:])
    return file.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP", "PDF"])
def test_a_page_of_every_format_is_read(parser: SandboxedParser, form: str) -> None:
    document = parser.partition(saved(form, page(SENTENCE)), f"a.{form.lower()}")
    assert [element.text for element in document.elements] == [SENTENCE]


def test_pages_keep_their_numbers_and_headings_their_role(parser: SandboxedParser) -> None:
    pages = [
        page(f"{SENTENCE} {word}.", heading=f"{word} page") for word in ("One", "Two", "Three")
    ]
    document = parser.partition(saved("PDF", *pages), "a.pdf")
    titles = [e for e in document.elements if e.kind is ElementKind.TITLE]
    assert [(title.text, title.page) for title in titles] == [
        ("One page", 1), ("Two page", 2), ("Three page", 3)
    ]  # fmt: skip
    assert document.title == "One page"
    assert sum(SENTENCE in element.text for element in document.elements) == 3


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_was_scanned_the_wrong_way_round_is_read(
    parser: SandboxedParser, degrees: int
) -> None:
    lines = (SENTENCE, "Then wait until all three lights are green again.", "Call us if not.")
    turned = page(*lines * 4).rotate(degrees, expand=True)
    text = " ".join(e.text for e in parser.partition(saved("PNG", turned), "a.png").elements)
    assert text.index(SENTENCE) < text.index("green again") < text.index("Call us")


def test_a_page_that_takes_too_long_fails_with_the_reason() -> None:
    hasty = ParsingLimits(ocr=True, ocr_page_timeout_s=0.01)
    with (
        SandboxedParser(timeout_s=60, limits=hasty) as parser,
        pytest.raises(FailedDocumentError, match=r"of a page took longer than 0\.01 s"),
    ):
        parser.partition(saved("PNG", page(SENTENCE)), "a.png")


def test_a_language_that_is_not_installed_is_named() -> None:
    assert "eng" in installed_languages()
    klingon = ParsingLimits(ocr=True, ocr_languages="tlh")
    with (
        SandboxedParser(timeout_s=60, limits=klingon) as parser,
        pytest.raises(
            FailedDocumentError, match=r"Tesseract could not read a page.*language 'tlh'"
        ),
    ):
        parser.partition(saved("PNG", page(SENTENCE)), "a.png")
