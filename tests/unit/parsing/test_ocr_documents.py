"""Pictures and scanned pages become text where it can be recognised, and a reason elsewhere."""

import io

import pypdfium2 as pdfium
import pytest
from PIL import Image

from footnote.domain.errors import FailedDocumentError, SkippedDocumentError
from footnote.parsing import ParsingLimits, partition
from footnote.parsing.readers import image, pdf
from footnote.parsing.reading import Reading
from tests import builders
from tests.builders import Type
from tests.ocr import FakeRecogniser

OCR = ParsingLimits(ocr=True)
PROSE = [
    (Type.BODY, "This page has a text layer that is longer than any stamp on a scan could be.")
]


def picture(*pages: Image.Image, form: str = "PNG") -> bytes:
    first, *others = pages or (Image.new("L", (40, 30), "white"),)
    file = io.BytesIO()
    first.save(file, form, save_all=bool(others), append_images=others)
    return file.getvalue()


def scans(count: int) -> bytes:
    return picture(*[Image.new("L", (850, 1100), "white")] * count, form="PDF")


def mixed(*parts: bytes) -> bytes:
    """The pages of several PDFs as one."""
    joined, file = pdfium.PdfDocument.new(), io.BytesIO()
    for part in parts:
        joined.import_pages(pdfium.PdfDocument(part))
    joined.save(file)
    return file.getvalue()


def found(reading: Reading) -> list[tuple[str, int | None]]:
    return [(element.text, element.metadata.page_number) for element in reading.elements]


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.jpeg", "a.tif", "a.bmp", "a.gif", "a.webp"])
def test_without_ocr_a_picture_is_skipped_with_the_way_out(name: str) -> None:
    with pytest.raises(SkippedDocumentError, match=r"needs the OCR build \(docs/formats\.md\)"):
        partition(picture(), name, ParsingLimits())


def test_without_ocr_a_scanned_pdf_fails_with_the_way_out() -> None:
    with pytest.raises(FailedDocumentError, match=r"no text layer.*needs the OCR build"):
        partition(scans(1), "a.pdf", ParsingLimits())


def test_the_text_of_a_picture_is_found() -> None:
    reading = image.read(picture(), OCR, FakeRecogniser(["Hold the button."]))
    assert found(reading) == [("Hold the button.", 1)]


def test_the_pages_of_a_tiff_keep_their_numbers() -> None:
    pages = [Image.new("L", (40, 30), shade) for shade in (255, 200, 150)]
    texts: list[str | None] = ["First.", "", "Third."]
    reading = image.read(picture(*pages, form="TIFF"), OCR, FakeRecogniser(texts))
    assert found(reading) == [("First.", 1), ("Third.", 3)]


def test_of_a_film_the_first_picture_is_read() -> None:
    frames = [Image.new("P", (40, 30), shade) for shade in (1, 2, 3)]
    recogniser = FakeRecogniser(["First.", "Second.", "Third."])
    assert found(image.read(picture(*frames, form="GIF"), OCR, recogniser)) == [("First.", 1)]


def test_a_picture_without_text_is_nothing_to_do() -> None:
    with pytest.raises(SkippedDocumentError, match="no text was found in the picture"):
        image.read(picture(), OCR, FakeRecogniser([""]))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\nnothing more", "the picture is damaged"),
        (picture(Image.new("L", (300, 300)))[:-40], "damaged"),
        (b"%PDF-1.4", "the picture is damaged, or of a kind that is not supported"),
    ],
    ids=["header", "cut", "pdf"],
)
def test_a_damaged_picture_fails_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FailedDocumentError, match=reason):
        partition(content, "a.png", OCR)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    few = ParsingLimits(ocr=True, max_image_pixels=1_000)
    recogniser = FakeRecogniser(["never asked"])
    with pytest.raises(FailedDocumentError, match="more than 1,000 pixels"):
        image.read(picture(), few, recogniser)
    assert recogniser.pictures == []


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_every_kind_reach_the_recogniser_on_white(mode: str) -> None:
    blank = Image.new("LA", (40, 30), (0, 0)) if mode == "LA" else Image.new("RGBA", (40, 30))
    solid = Image.new(mode, (40, 30), 65535 if mode == "I;16" else "white")
    recogniser = FakeRecogniser(["Text."])
    image.read(picture(blank if mode in ("LA", "RGBA") else solid), OCR, recogniser)
    (shown,) = recogniser.pictures
    assert shown.mode in ("L", "RGB")
    assert shown.convert("L").getextrema() == (255, 255)


def test_small_pictures_are_enlarged_and_huge_ones_reduced() -> None:
    recogniser = FakeRecogniser(["Text.", "Text."])
    image.read(picture(Image.new("L", (600, 800))), OCR, recogniser)
    image.read(picture(Image.new("L", (6_000, 3_000))), OCR, recogniser)
    assert [shown.size for shown in recogniser.pictures] == [(1_200, 1_600), (5_000, 2_500)]


def test_a_photograph_is_turned_as_the_camera_says() -> None:
    turned, file = Image.new("L", (1_300, 700)), io.BytesIO()
    turned.getexif()[0x0112] = 6
    turned.save(file, "JPEG", exif=turned.getexif())
    recogniser = FakeRecogniser(["Text."])
    image.read(file.getvalue(), OCR, recogniser)
    assert recogniser.pictures[0].size == (700, 1_300)


def test_only_the_scanned_pages_of_a_mixed_pdf_are_recognised() -> None:
    recogniser = FakeRecogniser(["From the scan."])
    content = mixed(builders.pdf([PROSE]), scans(1), builders.pdf([PROSE]))
    assert found(pdf.read(content, OCR, recogniser)) == [
        (PROSE[0][1], 1),
        ("From the scan.", 2),
        (PROSE[0][1], 3),
    ]


def test_a_blank_page_is_not_recognised() -> None:
    recogniser = FakeRecogniser([])
    pdf.read(builders.pdf([PROSE, []]), OCR, recogniser)
    assert recogniser.pictures == []


def test_a_scan_on_which_nothing_is_recognised_fails() -> None:
    with pytest.raises(FailedDocumentError, match="none could be recognised"):
        pdf.read(scans(1), OCR, FakeRecogniser([""]))


def test_more_scanned_pages_than_allowed_fail_before_any_is_read() -> None:
    recogniser = FakeRecogniser([])
    with pytest.raises(FailedDocumentError, match=r"3 pages.*limit is 2 \(FOOTNOTE_OCR_MAX_PAGES"):
        pdf.read(scans(3), ParsingLimits(ocr=True, max_ocr_pages=2), recogniser)
    assert recogniser.pictures == []


def test_a_page_that_takes_too_long_ends_the_document_and_those_beside_it() -> None:
    recogniser = FakeRecogniser([None, "Second.", "Third.", "Fourth.", "Fifth."])
    with pytest.raises(FailedDocumentError, match="took longer than 30 s"):
        pdf.read(scans(5), OCR, recogniser)
    assert all(page.stopped for page in recogniser.started)
