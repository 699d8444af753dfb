"""Web pages fall into the blocks that a visitor sees."""

import pytest

from footnote.parsing import ParsingLimits, partition


def _read(page: str) -> list[tuple[str, str]]:
    elements = partition(page.encode(), "a.html", ParsingLimits()).elements
    return [(element.kind.value, element.text) for element in elements]


def _texts(page: str) -> list[str]:
    return [text for _, text in _read(page)]


def test_words_are_parted_by_blocks_and_breaks_and_not_by_markup() -> None:
    page = "<div>un<b>believ</b>able<br>but <i>true</i><p>and</p>more</div>"
    assert _texts(page) == ["unbelievable but true", "and", "more"]


def test_a_paragraph_of_one_letter_is_kept_and_a_sign_between_links_is_not() -> None:
    assert _texts("<p>Vitamin</p><p>C</p><div>7</div><p>是</p><p>|</p>") == [
        "Vitamin",
        "C",
        "7",
        "是",
    ]


def test_a_list_knows_how_deep_its_items_are() -> None:
    page = "<ul><li>one<ul><li><p>two</p></li></ul></li><li><p>three</p><p>on</p></li></ul>"
    elements = partition(page.encode(), "a.html", ParsingLimits()).elements
    assert [(e.kind.value, e.text, e.depth) for e in elements] == [
        ("list_item", "one", 0),
        ("list_item", "two", 1),
        ("list_item", "three", 0),
        ("text", "on", 0),
    ]


def test_a_page_within_a_form_is_read() -> None:
    assert _texts("<form><p>All of the page.</p><label>Name</label></form>") == [
        "All of the page.",
        "Name",
    ]


def test_cells_keep_their_words_whole_and_apart() -> None:
    page = "<tr><td>Net<b>work</b></td><td>a<br>b<p>c</p></td></tr><tr><td>1</td><td>2</td></tr>"
    page = f"<table><caption>Parts</caption>{page}</table>"
    assert _texts(page) == ["Parts", "| Network | a b c |\n| --- | --- |\n| 1 | 2 |"]


def test_a_table_that_lays_out_a_page_is_read_row_by_row() -> None:
    inner = "<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table>"
    row = f"<tr><td><h2>Offer</h2><p>For you.</p></td></tr><tr><td>{inner}</td></tr>"
    assert _read(f"<table>{row}</table>") == [
        ("title", "Offer"),
        ("text", "For you."),
        ("table", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
    ]


def test_a_formula_is_read_once_as_it_was_written() -> None:
    tex = '<annotation encoding="application/x-tex">E=mc^2</annotation>'
    math = f"<math><semantics><mi>E</mi>{tex}</semantics></math>"
    katex = f'<span class="katex-mathml">{math}</span><span class="katex-html">E=mc2</span>'
    assert _texts(f"<p>So {katex} holds.</p>") == ["So E=mc^2 holds."]


def test_an_icon_does_not_cut_its_sentence() -> None:
    page = "<p>Press <img src=x alt='a picture of the blue key'> twice.</p>"
    assert _texts(page) == ["Press twice.", "a picture of the blue key"]


@pytest.mark.parametrize("text", ["Skip to main content", "Jump to navigation"])
def test_links_past_the_furniture_are_furniture(text: str) -> None:
    assert _texts(f"<a href='#main'>{text}</a><p>The page.</p>") == ["The page."]


def test_code_keeps_its_lines_and_colours_are_no_words() -> None:
    page = "<pre><code><span>def</span> f():\n    return <b>1</b>\n</code></pre>"
    assert _read(page) == [("code", "def f():\n    return 1")]
