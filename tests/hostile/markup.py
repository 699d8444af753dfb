"""XML and HTML: entities that grow or steal, depth without end."""

from collections.abc import Callable, Iterator
from functools import partial

from tests.hostile.case import HostileFile, either, failed, ready
from tests.hostile.zips import (
    SENTENCE,
    docx_parts,
    epub_parts,
    odt_parts,
    padded,
    parts_zip,
    xlsx_parts,
)

_REFUSED = "entities|entity|DTD|damaged|no text|declar"
_LAUGHS = "".join(
    f'<!ENTITY l{level} "{"&l" + str(level - 1) + ";" if level else "ha"}'
    f'{("&l" + str(level - 1) + ";") * 9 if level else ""}">'
    for level in range(10)
)
PROLOGS = {
    "laughs": f'<!DOCTYPE x [{_LAUGHS}<!ENTITY e "&l9;">]>',
    "quadratic": f'<!DOCTYPE x [<!ENTITY e "{"a" * 100_000}">]>',
    "xxe file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "xxe http": '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/x">]>',
    "external dtd": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
}
_DEPTH = 100_000


def files() -> Iterator[HostileFile]:
    """In plain XML and HTML, and within office files."""
    for why, prolog in PROLOGS.items():
        reference = _reference(why)
        plain = partial(_xml, prolog, reference)
        if why in ("laughs", "quadratic"):
            yield failed("a.xml", plain, _REFUSED, why=why)
        else:
            yield ready("a.xml", plain, SENTENCE, why=why)
        for name, build in _containers(prolog, reference).items():
            # Whether the rest of such a file is kept depends on its parser; the entity never is.
            yield either(name, build, _REFUSED, why=why)
    yield failed("a.xml", _deep_xml, "nested|deep|depth|damaged", why="deep")
    yield failed("a.xml", _svg, _REFUSED, why="svg laughs")
    yield failed("a.docx", _deep_docx, "nested|deep|damaged|no text", why="deep")
    yield failed("a.html", _deep_html, "deep", why="deep")
    yield ready("a.html", _wide_table, SENTENCE, why="colspan")
    yield ready("a.html", _reaching_html, SENTENCE, why="reaching out")
    yield failed("a.html", _attributes, "attributes", why="attributes")
    yield ready("a.html", _unclosed, SENTENCE, why="unclosed tags")
    yield ready("a.html", _laughing_html, SENTENCE, why="laughs")
    yield ready("a.html", _nested_tables, SENTENCE, why="nested tables")


def _reference(why: str) -> str:
    times = {"quadratic": 10_000, "external dtd": 0, "parameter": 0}.get(why, 1)
    return "&e;" * times


def _xml(prolog: str, reference: str) -> bytes:
    return f'<?xml version="1.0"?>{prolog}<x><p>{SENTENCE}</p><p>{reference}</p></x>'.encode()


def _containers(prolog: str, reference: str) -> dict[str, Callable[[], bytes]]:
    paragraph = f"<w:p><w:r><w:t>{reference}</w:t></w:r></w:p>"
    cell = f'<row r="2"><c r="A2" t="inlineStr"><is><t>{reference}</t></is></c></row>'
    return {
        "a.docx": lambda: parts_zip(docx_parts(paragraph, prolog=prolog)),
        "a.xlsx": lambda: parts_zip(xlsx_parts(cell, prolog=prolog)),
        "a.odt": lambda: parts_zip(odt_parts(reference, prolog=prolog)),
        "a.epub": lambda: parts_zip(epub_parts(reference, prolog=prolog)),
    }


def _deep_xml() -> bytes:
    return b"<a>" * _DEPTH + SENTENCE.encode() + b"</a>" * _DEPTH


def _svg() -> bytes:
    body = f"<text>{SENTENCE}&e;</text>"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'
    return f"{PROLOGS['laughs'].replace('DOCTYPE x', 'DOCTYPE svg')}{svg}".encode()


def _deep_docx() -> bytes:
    deep = "<w:sdt><w:sdtContent>" * 20_000 + "</w:sdtContent></w:sdt>" * 20_000
    return parts_zip(padded(docx_parts(deep)))


def _deep_html() -> bytes:
    return b"<div>" * _DEPTH + SENTENCE.encode()


def _wide_table() -> bytes:
    cell = '<td colspan="1000000000" rowspan="1000000000">wide</td><td>next</td>'
    return f"<p>{SENTENCE}</p><table><tr>{cell}</tr><tr>{cell}</tr></table>".encode()


def _reaching_html() -> bytes:
    return (
        '<html><head><base href="http://127.0.0.1:9/"><link rel="stylesheet" href="x.css">'
        '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/"></head><body>'
        f'<p>{SENTENCE}</p><iframe src="file:///etc/passwd"></iframe>'
        '<object data="file:///etc/passwd"></object><img src="http://127.0.0.1:9/x.png">'
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" '
        'parse="text"/></body></html>'
    ).encode()


def _attributes() -> bytes:
    many = " ".join(f'a{number}="{number}"' for number in range(100_000))
    return f"<p {many}>{SENTENCE}</p>".encode()


def _unclosed() -> bytes:
    return f"<p>{SENTENCE}</p>".encode() + b"<b><i><font>" * 300 + b"<p>text " * 2_000


def _laughing_html() -> bytes:
    return f"{PROLOGS['laughs']}<p>{SENTENCE}</p><p>&e;</p>".encode()


def _nested_tables() -> bytes:
    depth = 150
    return (
        f"<p>{SENTENCE}</p>{'<table><tr><td>cell</td><td>' * depth}{'</td></tr></table>' * depth}"
    ).encode()
