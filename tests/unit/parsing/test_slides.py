"""PPTX slides are read from top to bottom, without what stands on all of them."""

import io
from typing import Any

import pptx
import pytest
from pptx.util import Inches

from footnote.domain.errors import FailedDocumentError
from footnote.parsing import ParsingLimits, partition
from tests.builders import archive, without_part


@pytest.fixture
def slide() -> Any:
    """The only slide of a deck, with a title and one placeholder for text."""
    deck = pptx.Presentation()
    made = deck.slides.add_slide(deck.slide_layouts[1])
    made.shapes.title.text = "Plan"
    return made


def _read(slide: Any) -> list[tuple[str, str, int]]:
    target = io.BytesIO()
    slide.part.package.save(target)
    elements = partition(target.getvalue(), "a.pptx", ParsingLimits()).elements
    return [(element.kind.value, element.text, element.depth) for element in elements]


def _box(shapes: Any, text: str, top: float) -> Any:
    box = shapes.add_textbox(Inches(1), Inches(top), Inches(2), Inches(1))
    box.text_frame.text = text
    return box


def test_shapes_are_read_from_top_to_bottom_whatever_was_drawn_first(slide: Any) -> None:
    _box(slide.shapes, "below", 6)
    _box(slide.shapes.add_group_shape().shapes, "in a group", 1)
    slide.placeholders[1].text = "in its layout's place"
    texts = [text for _, text, _ in _read(slide)]
    assert texts == ["Plan", "in a group", "in its layout's place", "below"]


def test_what_is_off_the_slide_or_hidden_is_not_read(slide: Any) -> None:
    _box(slide.shapes, "off", -3)
    hidden = _box(slide.shapes, "hidden", 3)
    hidden._element.nvSpPr.cNvPr.set("hidden", "1")
    assert _read(slide) == [("title", "Plan", 0)]


def test_list_items_keep_their_levels_and_line_breaks_their_words_apart(slide: Any) -> None:
    frame = slide.placeholders[1].text_frame
    frame.text = "one\vline"
    bullet = frame.add_paragraph()
    bullet.text, bullet.level = "deep", 2
    bullet._p.get_or_add_pPr().insert(0, bullet._p.makeelement(_tag("buChar"), {"char": "-"}))
    assert _read(slide)[1:] == [("text", "one\nline", 0), ("list_item", "deep", 2)]


def test_a_table_is_read_with_its_merged_cells_in_place(slide: Any) -> None:
    sizes = (Inches(1), Inches(4), Inches(3), Inches(1))
    table = slide.shapes.add_table(3, 2, *sizes).table
    for at, text in enumerate(["Part", "EUR", "all", "", "Fan", "7"]):
        table.cell(at // 2, at % 2).text = text
    table.cell(1, 0).merge(table.cell(1, 1))
    assert _read(slide)[-1][1] == "| Part | EUR |\n| --- | --- |\n| all |  |\n| Fan | 7 |"


def test_a_slide_that_breaks_off_is_a_damaged_file() -> None:
    with pytest.raises(FailedDocumentError, match="the PPTX file is damaged"):
        partition(archive(ppt__presentation_xml=b"<p:x"), "a.pptx", ParsingLimits())


def _tag(name: str) -> str:
    return f"{{http://schemas.openxmlformats.org/drawingml/2006/main}}{name}"


def test_a_deck_that_lacks_a_slide_fails_instead_of_being_read_in_part(slide: Any) -> None:
    slide.part.package.presentation_part.presentation.slides.add_slide(slide.slide_layout)
    target = io.BytesIO()
    slide.part.package.save(target)
    cut = without_part(target.getvalue(), "ppt/slides/slide2.xml")
    with pytest.raises(FailedDocumentError, match="its slide 2 is missing"):
        partition(cut, "a.pptx", ParsingLimits())
