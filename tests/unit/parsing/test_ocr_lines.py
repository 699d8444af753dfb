"""Tesseract's hOCR becomes lines: without noise, upright, labels beside their values."""

from footnote.parsing.ocr.hocr import lines_of
from footnote.parsing.ocr.type_sizes import with_even_sizes
from footnote.parsing.pdf_layout.line import Line
from tests.ocr import hocr, ocr_line


def _lines(*lines: str, size: tuple[int, int] = (1000, 2000)) -> list[Line]:
    return lines_of(hocr(*lines, size=size), page=3, width=500)


def _texts(*lines: str) -> list[str]:
    return [line.text for line in _lines(*lines)]


def test_a_line_stands_where_the_page_shows_it() -> None:
    (line,) = _lines(ocr_line("Good morning", box=(100, 200, 300, 240)))
    assert (line.text, line.page, line.page_width) == ("Good morning", 3, 500)
    assert (line.left, line.right) == (50, 150)
    assert (line.top, line.bottom) == (900, 880)


def test_what_is_not_recognised_with_confidence_is_left_out() -> None:
    assert _texts(ocr_line("WSEtv aHn", confidence=30), ocr_line("Kept", confidence=80)) == ["Kept"]


def test_specks_of_dust_are_no_words() -> None:
    assert _texts(ocr_line("~", confidence=95), ocr_line("7", confidence=60)) == []
    speck = ocr_line("Rest _ here", confidence=95).replace("95'>_<", "40'>_<")
    assert _texts(speck) == ["Rest here"]


def test_one_word_that_is_unsure_stays_in_a_line_that_is_sure() -> None:
    sure = ocr_line("The competitive service shall include", confidence=95)
    assert _texts(sure.replace("x_wconf 95", "x_wconf 5", 1)) == [
        "The competitive service shall include"
    ]


def test_the_dot_before_an_item_is_a_bullet_whatever_it_was_taken_for() -> None:
    assert _texts(ocr_line("+ No known allergies", confidence=90)) == ["• No known allergies"]
    assert _texts(ocr_line("« Rest", confidence=70)) == ["• Rest"]


def test_a_label_is_joined_with_the_value_to_its_right() -> None:
    value = ocr_line("Ada Lovelace", box=(300, 100, 500, 130))
    label = ocr_line("Patient Name:", box=(100, 100, 250, 130))
    other = ocr_line("Countess", box=(700, 100, 900, 130))
    assert _texts(value, other, label) == ["Patient Name: Ada Lovelace", "Countess"]


def test_capitals_in_a_paragraph_of_their_own_stand_out() -> None:
    heading, body = _lines(ocr_line("VITAL SIGNS"), ocr_line("All of them are good."))
    assert heading.style.bold
    assert not body.style.bold


def test_a_page_that_lies_on_its_side_is_turned() -> None:
    first = ocr_line("First", box=(100, 800, 140, 1800), angle=90)
    second = ocr_line("Second", box=(160, 800, 200, 1800), angle=90)
    above, below = _lines(first, second)
    assert above.page_width == 1000
    assert above.top > below.top
    assert (above.left, above.right) == (100, 600)


def test_a_page_that_is_upside_down_is_turned() -> None:
    first = ocr_line("First", box=(100, 1800, 900, 1840), angle=180)
    second = ocr_line("Second", box=(100, 1700, 900, 1740), angle=180)
    above, below = _lines(first, second)
    assert above.top > below.top
    assert above.left == 50


def test_an_empty_page_has_no_lines() -> None:
    assert _lines() == []


def test_sizes_that_are_nearly_the_bodys_become_the_bodys() -> None:
    body = [ocr_line("the usual line of the text", size=size) for size in (40, 41, 38, 44, 36)]
    pages = with_even_sizes([_lines(*body, ocr_line("Manual", size=70))])
    sizes = [line.style.size for line in pages[0]]
    assert len(set(sizes[:5])) == 1
    assert sizes[5] > 1.12 * sizes[0]
