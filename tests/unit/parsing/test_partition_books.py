"""EPUB, ODT and RTF become chapters, outlines, lists, tables and notes."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from footnote.domain.element import PartitionedDocument
from footnote.domain.errors import FailedDocumentError
from footnote.parsing import ParsingLimits, partition

LIMITS = ParsingLimits()


def _zip(parts: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return packed.getvalue()


def _shown(document: PartitionedDocument) -> list[tuple[str, int, str]]:
    return [(element.kind.value, element.depth, element.text) for element in document.elements]


_PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>The Book</dc:title></metadata>
<manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="b" href="text/b%20two.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>
<item id="p" href="p.png" media-type="image/png"/></manifest>
<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="p"/><itemref idref="b"/>
<itemref idref="a"/></spine></package>"""


def _epub(extra: Mapping[str, str] = {}, *, without: str = "") -> bytes:
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<c><r><rootfile full-path="O/p.opf"/></r></c>',
        "O/p.opf": _PACKAGE,
        "O/nav.xhtml": "<html><body><p>One Two</p></body></html>",
        "O/a.xhtml": "<html><head><title/></head><h1>One</h1><p>First words.</p></html>",
        "O/text/b two.xhtml": "<html><body><h2>Two</h2><ul><li>an item</li></ul></body></html>",
    }
    return _zip({name: text for name, text in (parts | dict(extra)).items() if name != without})


def test_an_epub_has_its_chapters_in_the_order_of_the_spine_without_its_navigation() -> None:
    document = partition(_epub(), "a.epub", LIMITS)
    assert document.title == "The Book"
    assert _shown(document) == [
        ("title", 0, "One"),
        ("text", 0, "First words."),
        ("title", 1, "Two"),
        ("list_item", 0, "an item"),
    ]


def test_an_epub_whose_fonts_only_are_scrambled_is_read() -> None:
    method = '<e><EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/></e>'
    document = partition(_epub({"META-INF/encryption.xml": method}), "a.epub", LIMITS)
    assert document.title == "The Book"


_AES = '<e><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/></e>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_epub({"META-INF/encryption.xml": _AES}), "the EPUB file is encrypted"),
        (_epub(without="O/p.opf"), "damaged: it has no list of its chapters"),
        (_epub(without="O/a.xhtml"), "damaged: its chapter O/a.xhtml is missing"),
        (_zip({"a": "b"}), "not a EPUB file although its name says so"),
        (b"PK\x03\x04 cut off", "the EPUB file is damaged"),
        (_epub({"O/a.xhtml": "0" * 10_000_000}), "200 times its size"),
    ],
    ids=["encrypted", "package", "chapter", "other", "cut", "bomb"],
)
def test_an_epub_that_cannot_be_read_fails_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FailedDocumentError, match=reason):
        partition(content, "a.epub", LIMITS)


_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_NAMESPACES = (
    f'xmlns:o="{_ODF}:office:1.0" xmlns:t="{_ODF}:text:1.0" xmlns:s="{_ODF}:style:1.0" '
    f'xmlns:table="{_ODF}:table:1.0" xmlns:m="{_ODF}:manifest:1.0"'
)


def _odt(body: str, **parts: str) -> bytes:
    style = '<s:style s:name="P1" s:parent-style-name="Preformatted_20_Text"/>'
    content = f"<o:document-content {_NAMESPACES}><o:automatic-styles>{style}</o:automatic-styles>"
    content += f"<o:body><o:text>{body}</o:text></o:body></o:document-content>"
    return _zip({"content.xml": content} | {f"{name}.xml": text for name, text in parts.items()})


def _row(*cells: str) -> str:
    inner = "".join(f"<table:table-cell><t:p>{cell}</t:p></table:table-cell>" for cell in cells)
    return f"<table:table-row>{inner}</table:table-row>"


def test_an_odt_keeps_outline_lists_tables_code_and_notes() -> None:
    note_body = "<t:note-body><t:p>The note.</t:p></t:note-body>"
    note = f"<t:note><t:note-citation>1</t:note-citation>{note_body}</t:note>"
    body = f"""<t:table-of-content><t:p>Guide 1</t:p></t:table-of-content>
    <t:tracked-changes><t:p>deleted</t:p></t:tracked-changes>
    <t:h t:outline-level="1">Guide</t:h><t:h t:outline-level="2">Parts</t:h>
    <t:p>See<t:s t:c="2"/>here{note}<o:annotation><t:p>psst</t:p></o:annotation>.</t:p>
    <t:list><t:list-item><t:p>one</t:p><t:list><t:list-item><t:p>deep</t:p></t:list-item></t:list>
    </t:list-item></t:list>
    <table:table><table:table-header-rows>{_row("Part", "EUR")}</table:table-header-rows>
    {_row("Fan", "7")}</table:table>
    <t:p t:style-name="P1">if x:</t:p><t:p t:style-name="P1"><t:s t:c="4"/>y()</t:p>"""
    assert _shown(partition(_odt(body), "a.odt", LIMITS)) == [
        ("title", 0, "Guide"),
        ("title", 1, "Parts"),
        ("text", 0, "See  here."),
        ("text", 0, "[1] The note."),
        ("list_item", 0, "one"),
        ("list_item", 1, "deep"),
        ("table", 0, "| Part | EUR |\n| --- | --- |\n| Fan | 7 |"),
        ("code", 0, "if x:\n    y()"),
    ]


@pytest.mark.parametrize(
    ("given", "title"), [("The Blue Book", "The Blue Book"), ("Untitled", "A")]
)
def test_the_title_of_an_odt_is_its_own_unless_a_program_made_it_up(given: str, title: str) -> None:
    meta = f'<m xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{given}</dc:title></m>'
    content = _odt("<t:h>A</t:h><t:p>x</t:p>", meta=meta)
    assert partition(content, "a.odt", LIMITS).title == title


def test_what_an_odt_repeats_a_million_times_is_bounded() -> None:
    cell = (
        '<table:table-cell table:number-columns-repeated="9999999"><t:p>x</t:p></table:table-cell>'
    )
    table = f"<table:table><table:table-row>{cell}</table:table-row></table:table>"
    document = partition(_odt(f'{table}<t:p>a<t:s t:c="999999999"/>b</t:p>'), "a.odt", LIMITS)
    assert sum(len(text) for _, _, text in _shown(document)) < 2_000


_LOCKED = (
    f"<m:manifest {_NAMESPACES}><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_zip({"content.xml": "x", "META-INF/manifest.xml": _LOCKED}), "the ODT file is encrypted"),
        (_zip({"content.xml": "<a/>"}), "not an ODT file although its name says so"),
        (_zip({"content.xml": "cut"}), "the ODT file holds XML that cannot be read"),
        (_odt("<t:p/>"), "no text was found in the ODT file"),
        (b"hello", "not a ODT file although its name says so"),
    ],
    ids=["encrypted", "other-xml", "cut", "blank", "other"],
)
def test_an_odt_that_cannot_be_read_fails_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FailedDocumentError, match=reason):
        partition(content, "a.odt", LIMITS)


def _rtf(body: str, header: str = "") -> bytes:
    sheet = r"{\stylesheet{\s1\qc heading 1;}{\s2\outlinelevel1 Kapitel;}{\s3 Body;}}"
    return f"{{\\rtf1\\ansi\\ansicpg1252{header}{sheet}{body}}}".encode("latin-1")


def test_rtf_has_headings_by_style_and_level_and_lists_by_depth() -> None:
    body = (
        r"\pard\s1 Guide\par\pard\s2 Parts\par\pard\outlinelevel2 Fan\par\pard\s3 Words.\par"
        r"{\listtext\bullet\tab}\pard\ls1\ilvl0 one\par\ls1\ilvl1 two\par\pard End."
    )
    assert _shown(partition(_rtf(body), "a.rtf", LIMITS)) == [
        ("title", 0, "Guide"),
        ("title", 1, "Parts"),
        ("title", 2, "Fan"),
        ("text", 0, "Words."),
        ("list_item", 0, "•\tone"),
        ("list_item", 1, "two"),
        ("text", 0, "End."),
    ]


def test_rtf_keeps_tables_and_notes_and_drops_pictures_and_the_codes_of_fields() -> None:
    body = (
        r"\pard See{\super{\footnote\pard The note.}} it {\field{\*\fldinst HYPERLINK x}"
        r"{\fldrslt here}}.\par\trowd\pard\intbl A\cell B\cell\row\pard\intbl 1\par 2\cell 3|4\cell"
        r"\row\pard After.{\*\shppict{\pict\pngblip " + "89504e47" * 60 + r"}}{\pict\bin4 }}}}}\par"
    )
    assert _shown(partition(_rtf(body), "a.rtf", LIMITS)) == [
        ("text", 0, "See it here."),
        ("text", 0, "The note."),
        ("table", 0, "| A | B |\n| --- | --- |\n| 1 2 | 3\\|4 |"),
        ("text", 0, "After."),
    ]


@pytest.mark.parametrize(
    ("header", "body", "text"),
    [
        ("", r"Gr\'fc\'dfe, \u8364?5 \u-10179?\u-8704?", "Grüße, €5 😀"),
        ("", "Grüße \\\\pard {\\}}", "Grüße \\pard }"),
        (r"{\fonttbl{\f0\fcharset204 Arial;}}", r"\f0 \'cf\'f0", "Пр"),
        (r"\ansicpg1251{\fonttbl{\f0\fnil Arial;}}", r"\f0 \'cf\'f0", "Пр"),
        (r"{\fonttbl{\f0\fcharset128 MS;}}", r"\f0 \'93\'fa\'83e", "日テ"),
        (r"{\fonttbl{\f0\fcharset78 Osaka;}}", r"\f0 \'93\'fa", "日"),
    ],
    ids=["ansi", "raw", "font", "file", "japanese", "mac"],
)
def test_rtf_is_read_in_the_code_page_that_it_names(header: str, body: str, text: str) -> None:
    (element,) = partition(_rtf(body, header), "a.rtf", LIMITS).elements
    assert element.text == text


def test_the_title_of_an_rtf_stands_in_its_properties() -> None:
    header = r"{\info{\title Gr\'fc\'dfe}{\author Ada}}"
    document = partition(_rtf("Words.", header), "a.rtf", LIMITS)
    assert (document.title, _shown(document)) == ("Grüße", [("text", 0, "Words.")])


@pytest.mark.parametrize(
    "bomb", [r"{\footnote ", r"{\fonttbl\f1 ", r"{\field{\*\fldinst{", "{", "}"]
)
def test_rtf_that_never_closes_what_it_opens_ends_soon(bomb: str) -> None:
    content = b"{\\rtf1 Words.\\par" + bomb.encode() * 30_000 + b"}"
    document = partition(content, "a.rtf", LIMITS)
    assert document.elements[0].text == "Words."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"hello", "not an RTF file although its name says so"),
        (_rtf(r"{\pict 00}"), "no text was found in the RTF file"),
        (b"PK\x03\x04", "not a RTF file although its name says so"),
        (_rtf("Words. " * 20)[:-20], "part of it is missing"),
        (_rtf("Words. " + "\0" * 100 + "More."), "part of it is missing"),
    ],
    ids=["other", "blank", "zip", "cut", "hole"],
)
def test_an_rtf_that_cannot_be_read_fails_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(FailedDocumentError, match=reason):
        partition(content, "a.rtf", LIMITS)
