"""DOCX files are read as Word shows them, whatever their XML holds besides."""

import pytest

from footnote.domain.errors import FailedDocumentError
from footnote.parsing import ParsingLimits, partition
from tests.builders import archive

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Kapitel"><w:name w:val="Kapitel"/>
  <w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Unterkapitel"><w:name w:val="Mine"/>
  <w:basedOn w:val="berschrift2"/></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="a"/><w:basedOn w:val="Loop"/></w:style>
"""
NUMBERING = """
<w:abstractNum w:abstractNumId="7">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="8">
  <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="-"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="7"/>
  <w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="8"/></w:num>
"""


def _part(name: str, content: str, namespace: str = MAIN) -> bytes:
    compatible = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    start = f'<w:{name} xmlns:w="{namespace}" xmlns:mc="{compatible}">'
    return f"{start}{content}</w:{name}>".encode()


def _docx(body: str, *, footnotes: str = "", namespace: str = MAIN) -> bytes:
    return archive(
        word__document_xml=_part("document", f"<w:body>{body}</w:body>", namespace),
        word__styles_xml=_part("styles", STYLES),
        word__numbering_xml=_part("numbering", NUMBERING),
        word__footnotes_xml=_part("footnotes", footnotes),
    )


def _p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def _styled(text: str, style: str) -> str:
    return _p(text, f'<w:pStyle w:val="{style}"/>')


def _numbered(text: str, number: int, level: int = 0) -> str:
    return _p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def _read(content: bytes) -> list[tuple[str, str]]:
    elements = partition(content, "a.docx", ParsingLimits()).elements
    return [(element.kind.value, element.text) for element in elements]


def _texts(body: str) -> list[str]:
    return [text for _, text in _read(_docx(body))]


def test_headings_are_told_by_outline_and_by_name_in_every_language() -> None:
    body = (
        _styled("One", "Kapitel") + _styled("Two", "berschrift2") + _styled("Too", "Unterkapitel")
    )
    body += _p("Own", '<w:outlineLvl w:val="2"/>') + _styled("Text.", "Loop")
    elements = partition(_docx(body), "a.docx", ParsingLimits()).elements
    assert [(e.text, e.depth) for e in elements if e.kind.value == "title"] == [
        ("One", 0),
        ("Two", 1),
        ("Too", 1),
        ("Own", 2),
    ]


def test_lists_carry_the_numbers_that_word_shows() -> None:
    body = _numbered("first", 1) + _numbered("inner", 1, 1) + _numbered("again", 1, 1)
    body += _numbered("second", 1) + _numbered("anew", 2) + _numbered("bullet", 3)
    shown = ["1. first", "1.a) inner", "1.b) again", "2. second", "1. anew", "bullet"]
    assert _read(_docx(body)) == [("list_item", text) for text in shown]


def test_what_is_deleted_moved_or_hidden_is_not_text() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>say yes</w:t></w:r>"
    deleted = "<w:del><w:r><w:delText>old</w:delText><w:t>older</w:t></w:r></w:del>"
    moved = "<w:moveFrom><w:r><w:t>elsewhere</w:t></w:r></w:moveFrom>"
    added = "<w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
    assert _texts(f"<w:p>{hidden}{deleted}{moved}{added}</w:p>") == ["new"]


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    box = f"<w:txbxContent>{_p('Boxed.')}</w:txbxContent>"
    both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    run = f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>"
    body = f"<w:p><w:r><w:t>Beside it.</w:t></w:r>{run}</w:p>"
    assert _texts(body) == ["Beside it.", "Boxed."]


def test_links_fields_and_controls_keep_their_text_and_lose_their_codes() -> None:
    link = "<w:hyperlink><w:r><w:t>the guide</w:t></w:r></w:hyperlink>"
    code = "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    body = f"<w:sdt><w:sdtContent><w:p><w:r><w:t>See </w:t></w:r>{code}{link}</w:p>"
    assert _texts(f"{body}</w:sdtContent></w:sdt>") == ["See the guide"]


def test_a_footnote_follows_the_paragraph_that_refers_to_it() -> None:
    body = '<w:p><w:r><w:t>Fast.</w:t><w:footnoteReference w:id="2"/></w:r></w:p>' + _p("Next.")
    notes = f'<w:footnote w:id="0" w:type="separator">{_p("x")}</w:footnote>'
    notes += f'<w:footnote w:id="2">{_p("As measured.")}</w:footnote>'
    shown = [text for _, text in _read(_docx(body, footnotes=notes))]
    assert shown == ["Fast.", "As measured.", "Next."]


@pytest.mark.parametrize(
    ("mark", "pages"),
    [
        ('<w:br w:type="page"/>', [1, 2]),
        ('<w:br w:type="page"/><w:lastRenderedPageBreak/>', [1, 2]),
        ("<w:t>x</w:t>", [None, None]),
    ],
    ids=["hard", "rendered", "none"],
)
def test_pages_are_those_that_word_noted_down(mark: str, pages: list[int | None]) -> None:
    body = _p("One.") + f"<w:p><w:r>{mark}<w:t>Two.</w:t></w:r></w:p>"
    elements = partition(_docx(body), "a.docx", ParsingLimits()).elements
    assert [element.page for element in elements] == pages


def _row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"


def test_merged_cells_stay_in_their_columns() -> None:
    wide = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + _p("both")
    below = "<w:tcPr><w:vMerge/></w:tcPr>" + _p("")
    rows = _row(_p("a"), _p("b"), _p("c")) + _row(wide, _p("z")) + _row(below, _p("y"), _p("x"))
    (table,) = _texts(f"<w:tbl>{rows}</w:tbl>")
    assert table.splitlines()[2:] == ["| both |  | z |", "|  | y | x |"]


def test_a_table_within_a_table_is_text_of_its_cell() -> None:
    inner = f"<w:tbl>{_row(_p('in'), _p('side'))}</w:tbl>{_p('')}"
    (table,) = _texts(f"<w:tbl>{_row(_p('a'), _p('b'))}{_row(inner, _p('c'))}</w:tbl>")
    assert table == "| a | b |\n| --- | --- |\n| in side | c |"


def test_a_file_in_the_strict_dialect_is_read() -> None:
    assert _read(_docx(_p("All of it."), namespace=STRICT)) == [("text", "All of it.")]


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE w [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;">]>'
    body = _part("document", f"<w:body>{_p('seen &b;')}</w:body>")
    content = archive(word__document_xml=bomb.encode() + body)
    assert _read(content) == [("text", "seen")]


def test_xml_that_breaks_off_is_a_damaged_file() -> None:
    content = archive(word__document_xml=_part("document", _p("One."))[:-20])
    with pytest.raises(FailedDocumentError, match="the DOCX file is damaged"):
        partition(content, "a.docx", ParsingLimits())
