"""One file of each format with everything in it that `docs/formats.md` says is kept or dropped."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.builders import eml, pdf, pptx, xlsx


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A file, and what must and must not be found in it for each claim of the page's table.

    What is shown of an element is `kind depth page text`, as in `title 0 - Overture`.
    """

    name: str
    content: bytes
    kept: Mapping[str, str]
    dropped: Mapping[str, str] = field(default_factory=dict)


def zipped(**parts: str) -> bytes:
    """A zip of texts; two underscores in a name stand for a slash, one for a dot."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in parts.items():
            target.writestr(name.replace("__", "/").replace("_", "."), text)
    return packed.getvalue()


TABLE = "| Part | EUR |\n| --- | --- |\n| Fan | 7 |"

MARKDOWN = Sample(
    name="a.md",
    content=f"""---
title: Front
secret: matter
---
# Overture

- outer
  - inner

{TABLE}

```sh
ls  -l
```

See [the guide](https://e.org/g). <!-- a comment -->

![](data:image/png;base64,{"EMBEDDED" * 30})
""".encode(),
    kept={
        "the source as written: headings": "title 0 - Overture",
        "lists with nesting": "list_item 0 - - outer\n  - inner",
        "tables": f"table 0 - {TABLE}",
        "code fences": "code 0 - ```sh\nls  -l\n```",
        "links": "[the guide](https://e.org/g)",
    },
    dropped={
        "front matter except its title": "matter",
        "comments": "a comment",
        "embedded files": "EMBEDDED",
    },
)

MDX = Sample(
    name="a.mdx",
    content=b"""import {Card} from './card'
export const secret = 1

# Overture

<Card title="Labelled">Within a component.</Card>

{/* a comment */}
""",
    kept={
        "as Markdown": "title 0 - Overture",
        "words within components": "Within a component.",
        "their titles and labels": "Labelled",
    },
    dropped={"`import` and `export`": "secret", "tags": "<Card", "comments": "a comment"},
)

RESTRUCTURED_TEXT = Sample(
    name="a.rst",
    content=b"""Overture
========

.. toctree::

   treed/page

.. contents:: Contained

.. index:: indexed

.. raw:: html

   <b>rawness</b>

.. include:: /etc/hostname

.. literalinclude:: /etc/hostname

.. csv-table::
   :file: /etc/hostname

- an item

====  ===
Part  EUR
====  ===
Fan   7
====  ===

.. code-block:: sh

   ls  -l

.. warning:: Mind the gap.

term
    Its definition.

A note [1]_ and a :ref:`cross reference`.

.. [1] At the foot.

.. versionadded:: 2.0
   Sphinx says so.
""",
    kept={
        "sections": "title 0 - Overture",
        "lists": "list_item 0 - an item",
        "tables": f"table 0 - {TABLE}",
        "code": "code 0 - ls  -l",
        "notes and warnings": "Mind the gap.",
        "definitions": "Its definition.",
        "footnotes": "At the foot.",
        "the text of unknown directives and roles": "cross reference",
        "as those of Sphinx": "Sphinx says so.",
    },
    dropped={
        "`toctree`": "treed",
        "`contents`": "Contained",
        "`index`": "indexed",
        "`raw`": "rawness",
        "`include`": "include",
        "`literalinclude` and `:file:` are never followed": "hostname",
    },
)

ORG = Sample(
    name="a.org",
    content=b"""#+TODO: MULL | OVER
#+STARTUP: a setting
* TODO Overture :tagged:
:PROPERTIES:
:OWNER: propertied
:END:
# a comment
- an item
| Part | EUR |
|------+-----|
| Fan  | 7   |
#+BEGIN_SRC sh
ls  -l
#+END_SRC
#+BEGIN_EXPORT html
<b>exported</b>
#+END_EXPORT
""",
    kept={
        "outline": "title 0 - Overture",
        "lists": "list_item 0 - - an item",
        "tables": f"table 0 - {TABLE}",
        "blocks as written": "code 0 - #+BEGIN_SRC sh\nls  -l\n#+END_SRC",
    },
    dropped={
        "states": "TODO",
        "tags": "tagged",
        "properties": "propertied",
        "comments": "a comment",
        "exports": "exported",
        "settings": "a setting",
    },
)

TEXT = Sample(
    name="a.txt",
    content=b"Overture\n========\n\nOne line,\nand another of the same paragraph.\n\n"
    b"A Short Line\n\nThen there is a paragraph that is much longer than the line above it.\n",
    kept={
        "paragraphs with their line breaks": "One line,\nand another of the same paragraph.",
        "short and underlined lines as headings": "title 0 - Overture",
    },
)

HTML = Sample(
    name="a.html",
    content=b"""<html><body><nav>navigated</nav><div id="cookie-banner">We use cookies</div>
<main><h1>Overture</h1><p>Running words.</p><ul><li>an item</li></ul>
<table><tr><th>Part</th><th>EUR</th></tr><tr><td>Fan</td><td>7</td></tr></table>
<pre><code>ls  -l</code></pre><aside class="note">Mind the gap.</aside>
<form><select><option>formed</option></select><button>pressed</button></form>
<script>scripted</script><p hidden>unseen</p>
<img src="x" alt=""></main><footer>footed</footer></body></html>""",
    kept={
        "headings": "title 0 - Overture",
        "paragraphs": "text 0 - Running words.",
        "lists": "list_item 0 - an item",
        "tables": f"table 0 - {TABLE}",
        "code": "code 0 - ls  -l",
        "notes": "Mind the gap.",
    },
    dropped={
        "navigation": "navigated",
        "footers": "footed",
        "fields and buttons of forms": "pressed",
        "scripts": "scripted",
        "cookie notices": "cookies",
        "hidden text": "unseen",
        "pictures": "img",
    },
)

XML = Sample(
    name="a.xml",
    content=b"""<!DOCTYPE stock [<!ENTITY own "entity"><!ELEMENT stock ANY>]>
<stock><!-- a comment --><place id="identified" class="classed">Hall&own;</place>
<item><part>Fan</part><price>7</price></item><item><part>Cap</part><price>9</price></item>
</stock>""",
    kept={
        "records under the names of their elements": "place: Hall",
        "like ones as tables": "| part | price |\n| --- | --- |\n| Fan | 7 |",
    },
    dropped={
        "comments": "a comment",
        "entities that the file defines": "entity",
        "DTDs": "ELEMENT",
        "`id` and `class`": "identified",
    },
)
DOCBOOK = Sample(
    name="b.xml",
    content=b"<article xmlns='http://docbook.org/ns/docbook'><title>Book</title><section>"
    b"<title>Overture</title><para>Running words, and <emphasis>more</emphasis> of them.</para>"
    b"</section></article>",
    kept={
        "running text (DocBook, DITA, TEI, JATS, NITF and the like) by its blocks": (
            "text 0 - Running words, and more of them."
        )
    },
)

JSON = Sample(
    name="a.json",
    content=json.dumps(
        {
            "store": {"name": "Hall 007", "open": True},
            "items": [{"Part": "Fan", "EUR": 7}, {"Part": "Cap", "EUR": 9}],
        }
    ).encode(),
    kept={
        "values as written": "Hall 007",
        "under the names that lead to them": "title 0 - store",
        "arrays of like records as tables": TABLE,
    },
)


def _cell(kind: str, source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source, "outputs": list(outputs)}


NOTEBOOK = Sample(
    name="a.ipynb",
    content=json.dumps(
        {
            "nbformat": 4,
            "metadata": {"kernelspec": {"language": "python"}},
            "cells": [
                _cell("markdown", "# Overture"),
                _cell(
                    "code",
                    "total = 7",
                    {"output_type": "stream", "name": "stdout", "text": "printed"},
                    {"output_type": "execute_result", "data": {"text/plain": "returned"}},
                    {"output_type": "error", "ename": "KeyError", "evalue": "erred"},
                    {"output_type": "display_data", "data": {"image/png": "cGljdHVyZWQ="}},
                    {
                        "output_type": "display_data",
                        "data": {"application/vnd.jupyter.widget-view+json": {"id": "widgeted"}},
                    },
                    {"output_type": "stream", "name": "stdout", "text": "toolong " * 300},
                ),
            ],
        }
    ).encode(),
    kept={
        "notes as Markdown": "title 0 - Overture",
        "code with its language": "code 0 - ```python\ntotal = 7\n```",
        "printed and returned text": "printed",
        "errors": "KeyError: erred",
    },
    dropped={
        "pictures": "cGljdHVyZWQ",
        "widgets": "widgeted",
        "outputs above 2,000 characters": "toolong",
    },
)

_BODY, _LARGE = "/F1 10 Tf", "/F2 18 Tf"
_PAGES = [
    [
        (_BODY, "Company handbook"),
        (_BODY, ""),
        (_LARGE, title),
        (_BODY, ""),
        (_BODY, f"In the {title} there are words that go on for a whole line, as words"),
        (_BODY, f"of the {title} do."),
        (_BODY, ""),
        (_BODY, f"- an item of the {title}"),
        *[(_BODY, "") for _ in range(34)],
        (_BODY, f"Page {number} of 4"),
    ]
    for number, title in enumerate(("Overture", "Prelude", "Fugue", "Coda"), start=1)
]

PDF = Sample(
    name="a.pdf",
    content=pdf(_PAGES),
    kept={
        "headings by size and weight": "title 0 2 Prelude",
        "paragraphs": "a whole line, as words of the Fugue do.",
        "lists": "list_item 0 2 - an item of the Prelude",
        "pages": "title 0 3 Fugue",
    },
    dropped={
        "running heads and feet but for the first": " 2 Company handbook",
        "page numbers": "of 4",
    },
)

CSV = Sample(
    name="a.csv",
    content=("Part;EUR\n" + "Fan;7\n" * 400).encode(),
    kept={
        "tables": f"table 0 - {TABLE}",
        "any of `,` `;` tab and `\\|`": "| Fan | 7 |",
    },
)

MAIL = Sample(
    name="a.eml",
    content=b"X-Mailer: headed\n"
    + eml(subject="Overture", plain="The body.", attachment="bill.pdf"),
    kept={
        "subject": "Overture",
        "sender": "ada@example.org",
        "recipients": "bob@example.org",
        "date": "2 Mar 2026",
        "the body": "The body.",
        "the names of attachments": "bill.pdf",
    },
    dropped={"attachments": "not to be opened", "other headers": "headed"},
)

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def _styled(text: str, style: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{_run(text)}</w:p>'


def _word_row(*cells: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc><w:p>{_run(cell)}</w:p></w:tc>' for cell in cells)}</w:tr>"


WORD = Sample(
    name="a.docx",
    content=zipped(
        word__document_xml=f"<w:document {_W}><w:body>{_styled('Overture', 'H')}"
        f"<w:p>{_run('Running words.')}<w:del><w:r><w:delText>deletion</w:delText></w:r></w:del>"
        '<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:commentReference w:id="0"/></w:r>'
        '<w:r><w:drawing><wp:docPr xmlns:wp="x" descr="pictured"/></w:drawing></w:r></w:p>'
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        f"{_run('an item')}</w:p><w:tbl>{_word_row('Part', 'EUR')}{_word_row('Fan', '7')}</w:tbl>"
        "</w:body></w:document>",
        word__styles_xml=f'<w:styles {_W}><w:style w:type="paragraph" w:styleId="H">'
        '<w:name w:val="heading 1"/></w:style></w:styles>',
        word__numbering_xml=f'<w:numbering {_W}><w:abstractNum w:abstractNumId="1"><w:lvl '
        'w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="-"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>',
        word__footnotes_xml=f'<w:footnotes {_W}><w:footnote w:id="2"><w:p>{_run("At the foot.")}'
        "</w:p></w:footnote></w:footnotes>",
        word__comments_xml=f'<w:comments {_W}><w:comment w:id="0"><w:p>{_run("commented")}</w:p>'
        "</w:comment></w:comments>",
        word__header1_xml=f"<w:hdr {_W}><w:p>{_run('headed')}</w:p></w:hdr>",
    ),
    kept={
        "headings": "title 0 - Overture",
        "paragraphs": "text 0 - Running words.",
        "lists": "list_item 0 - an item",
        "tables": f"table 0 - {TABLE}",
        "notes": "At the foot.",
    },
    dropped={
        "headers and footers": "headed",
        "deleted text": "deletion",
        "comments": "commented",
        "pictures": "pictured",
    },
)

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_O = " ".join(
    f'xmlns:{short}="{_ODF}:{name}:1.0"'
    for short, name in {
        "o": "office",
        "t": "text",
        "s": "style",
        "b": "table",
        "d": "drawing",
    }.items()
)


def _odt_row(*cells: str) -> str:
    inner = "".join(f"<b:table-cell><t:p>{cell}</t:p></b:table-cell>" for cell in cells)
    return f"<b:table-row>{inner}</b:table-row>"


OPEN_DOCUMENT = Sample(
    name="a.odt",
    content=zipped(
        content_xml=f"<o:document-content {_O}><o:automatic-styles>"
        '<s:style s:name="P1" s:parent-style-name="Preformatted_20_Text"/></o:automatic-styles>'
        "<o:body><o:text><t:table-of-content><t:p>contained</t:p></t:table-of-content>"
        "<t:tracked-changes><t:p>deletion</t:p></t:tracked-changes>"
        '<t:h t:outline-level="1">Overture</t:h><t:p>Words<t:note><t:note-citation>1'
        "</t:note-citation><t:note-body><t:p>At the foot.</t:p></t:note-body></t:note>"
        "<o:annotation><t:p>commented</t:p></o:annotation>"
        '<d:frame xmlns:v="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"><d:image/>'
        "<v:title>pictured</v:title></d:frame></t:p>"
        "<t:p><d:frame><d:text-box><t:p>In a box.</t:p></d:text-box></d:frame></t:p>"
        "<t:list><t:list-item><t:p>outer</t:p><t:list><t:list-item><t:p>inner</t:p></t:list-item>"
        f"</t:list></t:list-item></t:list><b:table>{_odt_row('Part', 'EUR')}"
        f'{_odt_row("Fan", "7")}</b:table><t:p t:style-name="P1">if x:</t:p>'
        "</o:text></o:body></o:document-content>",
        styles_xml=f"<o:document-styles {_O}><s:header><t:p>headed</t:p></s:header>"
        "</o:document-styles>",
    ),
    kept={
        "outline": "title 0 - Overture",
        "lists with nesting": "list_item 1 - inner",
        "tables": f"table 0 - {TABLE}",
        "preformatted text": "code 0 - if x:",
        "footnotes": "At the foot.",
        "text boxes": "In a box.",
    },
    dropped={
        "headers and footers": "headed",
        "deleted text": "deletion",
        "comments": "commented",
        "tables of contents": "contained",
        "pictures": "pictured",
    },
)

RICH_TEXT = Sample(
    name="a.rtf",
    content=(
        rb"{\rtf1\ansi\ansicpg1252{\stylesheet{\s1 heading 1;}}{\header headed\par}"
        rb"\pard\s1 Overture\par\pard Gr\'fc\'dfe{\footnote At the foot.} of "
        rb"{\field{\*\fldinst HYPERLINK coded}{\fldrslt linked}}.\par"
        rb"\pard\ls1\ilvl0 outer\par\ls1\ilvl1 inner\par"
        rb"\trowd\pard\intbl Part\cell EUR\cell\row\pard\intbl Fan\cell 7\cell\row"
        rb"\pard After.{\*\shppict{\pict\pngblip 89504e47cafe}}\par}"
    ),
    kept={
        "headings by style or outline level": "title 0 - Overture",
        "lists with nesting": "list_item 1 - inner",
        "tables": f"table 0 - {TABLE}",
        "footnotes": "At the foot.",
        "all code pages": "Grüße",
    },
    dropped={"headers and footers": "headed", "pictures": "cafe", "codes of fields": "coded"},
)

EPUB = Sample(
    name="a.epub",
    content=zipped(
        mimetype="application/epub+zip",
        **{
            "META-INF__container_xml": '<c><r><rootfile full-path="p.opf"/></r></c>',
            "p_opf": '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            "<dc:title>The Book</dc:title><dc:creator>Ada Author</dc:creator>"
            "<dc:description>A description.</dc:description></metadata><manifest>"
            '<item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
            '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="n"/><itemref idref="b"/><itemref idref="a"/></spine></package>',
            "nav_xhtml": "<html><body><nav><p>navigated</p></nav></body></html>",
            "a_xhtml": "<html><body><h1>Coda</h1><p>Last words.</p></body></html>",
            "b_xhtml": "<html><head><style>styled</style></head><body><h1>Overture</h1>"
            '<p>First <img src="x" title="pictured"/>words.</p></body></html>',
        },
    ),
    kept={
        "author": "Ada Author",
        "description and chapters in the order of the spine": (
            "title 0 - Overture\n\ntext 0 - First words.\n\ntitle 0 - Coda"
        ),
        "each as HTML": "title 0 - Overture",
    },
    dropped={"the navigation document": "navigated", "pictures": "pictured", "styles": "styled"},
)

POWERPOINT = Sample(
    name="a.pptx",
    content=pptx(("Overture", "Running words."), ("Coda", "Last words."), notes="Speak slowly."),
    kept={
        "titles": "title 0 1 Overture",
        "text": "Running words.",
        "a page per slide": "title 0 2 Coda",
    },
    # What the layouts of every deck hold.
    dropped={"masters": "Click to edit"},
)

EXCEL = Sample(
    name="a.xlsx",
    content=xlsx(
        {"Prices": [["Part", "EUR"], ["Fan", 7], ["Sum", "=SUM(B2:B2)"]], "Secret": [["unseen"]]},
        hidden=["Secret"],
    ),
    kept={"visible sheets as tables": "| Part | EUR |\n| --- | --- |\n| Fan | 7 |"},
    dropped={"hidden sheets": "unseen", "formulas": "SUM("},
)

SAMPLES = (
    *(MARKDOWN, MDX, RESTRUCTURED_TEXT, ORG, TEXT, HTML, XML, DOCBOOK, JSON, NOTEBOOK, PDF, WORD),
    *(OPEN_DOCUMENT, RICH_TEXT, EPUB, POWERPOINT, EXCEL, CSV, MAIL),
)
