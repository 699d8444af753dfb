"""Web pages through Unstructured, after taking off what a visitor does not come to read."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html
from unstructured.documents.elements import Element
from unstructured.partition.html import partition_html

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.bold_headings import promoted
from footnote.parsing.convert import clean
from footnote.parsing.decoding import decode
from footnote.parsing.limits import ParsingLimits
from footnote.parsing.reading import Reading

_NEVER_SHOWN = (
    "script", "style", "template", "noscript", "svg", "iframe", "object", "embed", "canvas",
    "button", "select", "input", "textarea", "dialog", "head",
)  # fmt: skip
_OUTSIDE_CONTENT = "not(ancestor::main or ancestor::article or ancestor::*[@role='main'])"
_FURNITURE = "|".join(
    (
        "//nav",
        "//footer",
        # Within the content an <aside> is a note or a warning, beside it a column of links.
        f"//aside[{_OUTSIDE_CONTENT}]",
        "//header[not(ancestor::main or ancestor::article or .//h1)]",
        "//*[@role='navigation' or @role='banner' or @role='contentinfo' or @role='search']",
        "//*[@role='dialog' or @role='alertdialog']",
        f"//*[@role='complementary'][{_OUTSIDE_CONTENT}]",
    )
)
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])"
    r"|opacity\s*:\s*0(?![.\d]*[1-9])",
    re.IGNORECASE,
)
# The frame of a notice; a chapter about cookies or consent has these words in its name as well.
_COOKIE_NOTICE = re.compile(
    r"(?:cookie|consent|gdpr)[-_ ]?(?:banner|notice|bar(?![a-z])|popup|modal|overlay|dialog)",
    re.IGNORECASE,
)
# The signs that documentation generators hang on headings; some are a bare '#', as in 'C#'.
_PERMALINK = re.compile(r"(?:^|\s)(?:headerlink|header-anchor|hash-link|anchor-link)(?:\s|$)")
# libxml2 leaves out, without a word, what is nested deeper than 2,048.
_MAX_PARSED_DEPTH = 2_000
_NOTICE_CHARS = 2_000
# Unstructured knows none of these tags and would lose what stands in them.
_SAME_AS = {"details": "div", "summary": "p", "figure": "div", "figcaption": "p", "hgroup": "div"}
# Browsers look for it in the first kilobyte (HTML Standard, "Specifying the encoding").
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_CHARSET_BYTES = 1_024
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def read(content: bytes, limits: ParsingLimits) -> Reading:
    """The page's own text, headings and tables; its `<title>` is the title."""
    declared = _CHARSET.search(content[:_CHARSET_BYTES])
    encoding = declared.group(1).decode() if declared else None
    return read_text(decode(content, encoding), limits)


def read_text(text: str, limits: ParsingLimits) -> Reading:
    """The same for a page that is decoded already."""
    root = _parsed(text)
    title = root.findtext(".//title")
    _remove_unseen(root)
    _flatten(root, limits.max_nesting)
    return Reading(elements=_elements(root), title=title)


def _parsed(text: str) -> lxml_html.HtmlElement:
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return lxml_html.document_fromstring(_DECLARATION.sub("", clean(text)), parser=parser)
    except (etree.ParserError, ValueError) as error:
        msg = "the page holds no HTML that can be read"
        raise FailedDocumentError(msg) from error


def _remove_unseen(root: lxml_html.HtmlElement) -> None:
    for element in list(root.iter(*_NEVER_SHOWN)):
        _drop(element)
    for element in list(root.iterfind(".//*[@style]")):
        if _HIDDEN_STYLE.search(element.get("style") or ""):
            _drop(element)
    for element in list(root.iterfind(".//*[@hidden]")):
        _drop(element)
    for element in [*_cookie_notices(root), *_permalinks(root)]:
        _drop(element)
    for tag, other in _SAME_AS.items():
        for element in root.iter(tag):
            element.tag = other


def _drop(element: lxml_html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _cookie_notices(root: lxml_html.HtmlElement) -> Iterator[lxml_html.HtmlElement]:
    for element in root.iter("div", "form"):
        name = f"{element.get('id') or ''}\n{element.get('class') or ''}"
        if _COOKIE_NOTICE.search(name) and len(element.text_content()) < _NOTICE_CHARS:
            yield element


def _permalinks(root: lxml_html.HtmlElement) -> Iterator[lxml_html.HtmlElement]:
    return (link for link in root.iter("a") if _PERMALINK.search(link.get("class") or ""))


def _flatten(root: lxml_html.HtmlElement, max_nesting: int) -> None:
    """Takes off the tags below a depth at which the parsers would drop the text without a word."""
    depths = {root: 0}
    deep: list[lxml_html.HtmlElement] = []
    for element in root.iterdescendants():
        depths[element] = depths[element.getparent()] + 1
        if depths[element] > max_nesting:
            deep.append(element)
    if max(depths.values()) >= _MAX_PARSED_DEPTH:
        msg = "the page nests its elements too deeply to be read"
        raise FailedDocumentError(msg)
    for element in deep:
        element.drop_tag()


def _elements(root: lxml_html.HtmlElement) -> list[Element]:
    whole = _source(root)
    for element in root.xpath(_FURNITURE):
        _drop(element)
    # Some pages keep all they have to say in an <aside> or a <header>.
    return _partitioned(_source(root)) or _partitioned(whole)


def _source(root: lxml_html.HtmlElement) -> str:
    return str(lxml_html.tostring(root, encoding="unicode"))


def _partitioned(source: str) -> list[Element]:
    return list(promoted(partition_html(text=source, languages=[""])))
