"""JSON and XML become text under the names that lead to it, and tables where records are alike."""

import json
import time

import pytest

from footnote.domain.element import PartitionedDocument
from footnote.domain.errors import FailedDocumentError
from footnote.parsing import ParsingLimits, partition

LIMITS = ParsingLimits()


def _partitioned(content: str | bytes, filename: str) -> PartitionedDocument:
    raw = content.encode() if isinstance(content, str) else content
    return partition(raw, filename, LIMITS)


def _shown(document: PartitionedDocument) -> list[tuple[str, int, str]]:
    return [(element.kind.value, element.depth, element.text) for element in document.elements]


def _texts(content: str | bytes, filename: str) -> list[str]:
    return [element.text for element in _partitioned(content, filename).elements]


def test_json_has_single_values_first_and_a_heading_for_each_deeper_name() -> None:
    source = {"name": "Router", "ports": {"wan": {"speed": "1G"}}, "colours": ["red", "blue"]}
    document = _partitioned(json.dumps(source), "a.json")
    assert document.title == "Router"
    assert _shown(document) == [
        ("text", 0, "name: Router\ncolours: red, blue"),
        ("title", 0, "ports"),
        ("title", 1, "wan"),
        ("text", 0, "speed: 1G"),
    ]


def test_values_of_json_stand_as_they_are_written() -> None:
    source = '{"price": 1.10, "big": 12345678901234567890123, "on": true, "off": null, "no": []}'
    expected = ["price: 1.10\nbig: 12345678901234567890123\non: true\noff: null\nno: []"]
    assert _texts(source, "a.json") == expected


def test_a_long_or_broken_text_of_json_is_kept_verbatim() -> None:
    text = "First line.\n  Second line.\n\n" + "A long sentence follows here. " * 40
    assert text.rstrip() in "\n".join(_texts(json.dumps({"body": text}), "a.json"))


def test_an_array_of_like_records_is_a_table_with_the_columns_of_inner_records() -> None:
    parts = [{"name": "Fan", "price": {"eur": 7}}, {"name": "Screw", "price": {"eur": 2}}]
    assert _texts(json.dumps({"parts": parts}), "a.json") == [
        "parts",
        "| name | price.eur |\n| --- | --- |\n| Fan | 7 |\n| Screw | 2 |",
    ]


def test_records_with_long_texts_are_sections_named_by_what_they_are_about() -> None:
    answer = "Unplug it, wait for a minute and plug it in again. " * 6
    source = [{"question": "How?", "answer": answer}, {"id": 7, "answer": answer}, {"x": answer}]
    document = _partitioned(json.dumps(source), "a.json")
    titles = [text for kind, _, text in _shown(document) if kind == "title"]
    assert titles == ["How?", "7", "item 3"]


def test_the_name_of_a_key_is_no_title() -> None:
    assert _partitioned('{"paths": {"/v1": {"get": {"a": "b"}}}}', "a.json").title is None
    described = '{"info": {"title": "The API"}, "paths": {"a": "b"}}'
    assert _partitioned(described, "a.json").title == "The API"


def test_a_name_that_comes_twice_loses_neither_value() -> None:
    assert _texts('{"a": "one", "a": "two"}', "a.json") == ["a: one\na: two"]
    rows = '[{"a": "one", "a": "two"}, {"a": "three"}]'
    assert "a: one\na: two" in _texts(rows, "a.json")


@pytest.mark.parametrize("filename", ["a.jsonl", "a.ndjson"])
def test_lines_of_json_are_one_table(filename: str) -> None:
    source = '{"id": 1, "word": "fan"}\n\n{"id": 2, "word": "nut"}\n'
    expected = ["| id | word |\n| --- | --- |\n| 1 | fan |\n| 2 | nut |"]
    assert _texts(source, filename) == expected


def test_records_without_a_common_column_cost_no_time() -> None:
    started = time.process_time()
    found = _texts(json.dumps([{f"k{n}": n} for n in range(20_000)]), "a.json")
    assert time.process_time() - started < 20
    assert "k19999: 19999" in found


DOCBOOK = """<!DOCTYPE article SYSTEM "http://127.0.0.1/docbook.dtd" [
<!ENTITY stolen SYSTEM "file:///etc/passwd">]>
<article xmlns="http://docbook.org/ns/docbook"><info><title>The Guide</title></info>
<para>Intro&nbsp;with <emphasis>words</emphasis>.&stolen;</para>
<section><title>Install</title><para>Do it:</para>
<itemizedlist><listitem><para>one</para><itemizedlist><listitem><para>deep</para></listitem>
</itemizedlist></listitem></itemizedlist>
<programlisting>def f():
    return 1</programlisting>
<table><title>Prices</title><tgroup><thead><row><entry>Part</entry><entry>EUR</entry></row></thead>
<tbody><row><entry>Fan</entry><entry>7</entry></row></tbody></tgroup></table></section></article>"""


def test_xml_of_running_text_is_read_by_its_blocks() -> None:
    document = _partitioned(DOCBOOK, "a.xml")
    assert document.title == "The Guide"
    assert _shown(document) == [
        ("title", 0, "The Guide"),
        ("text", 0, "Intro with words."),
        ("title", 1, "Install"),
        ("text", 0, "Do it:"),
        ("list_item", 0, "one"),
        ("list_item", 1, "deep"),
        ("code", 0, "def f():\n    return 1"),
        ("text", 0, "Prices"),
        ("table", 0, "| Part | EUR |\n| --- | --- |\n| Fan | 7 |"),
    ]


def test_records_in_xml_are_read_like_those_in_json() -> None:
    source = """<shop city="Ulm"><part no="1"><name>Fan</name></part>
    <part no="2"><name>Nut</name></part><owner><name>Ada</name><fax/></owner></shop>"""
    assert _shown(_partitioned(source, "a.xml")) == [
        ("text", 0, "city: Ulm"),
        ("title", 0, "part"),
        ("table", 0, "| no | name |\n| --- | --- |\n| 1 | Fan |\n| 2 | Nut |"),
        ("title", 0, "owner"),
        ("text", 0, "name: Ada"),
    ]


def test_a_feed_has_the_title_of_its_channel_and_texts_without_tags() -> None:
    item = "<item><title>One</title><description>&lt;p&gt;Hello you&lt;/p&gt;</description></item>"
    document = _partitioned(f"<rss><channel><title>News</title>{item}</channel></rss>", "a.xml")
    assert document.title == "News"
    assert "description: Hello you" in "\n".join(text for _, _, text in _shown(document))


@pytest.mark.parametrize(
    "content",
    [
        "<?xml version='1.0' encoding='utf-16'?><a>Käse</a>".encode("utf-16"),
        "<?xml version='1.0' encoding='iso-8859-1'?><a>Käse</a>".encode("latin-1"),
        "<?xml version='1.0' encoding='unheard-of'?><a>Käse</a>".encode(),
    ],
    ids=["utf-16", "latin-1", "unknown"],
)
def test_xml_is_decoded_as_it_says_or_as_it_is(content: bytes) -> None:
    assert _texts(content, "a.xml") == ["Käse"]


def test_xml_that_is_a_page_is_read_as_one() -> None:
    page = "<html xmlns='http://www.w3.org/1999/xhtml'><body><h1>A</h1><nav>B</nav></body></html>"
    assert _texts(page, "a.xml") == _texts(page, "a.xhtml") == ["A"]


def _billion_laughs() -> str:
    steps = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE a [<!ENTITY a0 "ha">{steps}]><a b="&a9;">&a9;</a>'


@pytest.mark.parametrize(
    ("content", "filename", "reason"),
    [
        ('{"a": 1,\n "b" 2}', "a.json", "line 2, column 6 is no JSON"),
        ('{"a": 1}\n{"a": ', "a.jsonl", "line 2, column 7 is no JSON"),
        ("[" * 100_000, "a.json", "nested too deeply"),
        ('{"a":' * 300 + "1" + "}" * 300, "a.json", "nest more than 200 levels deep"),
        ("{}", "a.json", "no text was found in the JSON file"),
        ("hello", "a.xml", "holds XML that cannot be read"),
        ("<a><b></a>", "a.xml", "tag mismatch: b line 1 and a"),
        ("<a>" * 300, "a.xml", "Excessive depth"),
        (_billion_laughs(), "a.xml", "amplification"),
        ("<a><b/></a>", "a.xml", "no text was found in the XML file"),
    ],
    ids=["json", "jsonl", "deep", "deeper", "empty", "no-xml", "tags", "nested", "laughs", "blank"],
)
def test_records_that_cannot_be_read_fail_with_the_reason(
    content: str, filename: str, reason: str
) -> None:
    with pytest.raises(FailedDocumentError, match=reason):
        _partitioned(content, filename)
