"""Web pages, after taking off what a visitor does not come to read."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html
from unstructured.documents.elements import Element

from footnote.domain.errors import FailedDocumentError
from footnote.parsing.bold_headings import promoted
from footnote.parsing.convert import clean
from footnote.parsing.decoding import decode
from footnote.parsing.html_blocks import blocks_of
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
_SKIP_LINK = re.compile(r"\s*(?:skip|jump) to\b", re.IGNORECASE)
# libxml2 leaves out, without a word, what is nested deeper than 2,048.
_MAX_PARSED_DEPTH = 2_000
_MAX_TAGS = 2_000_000
# Of a tag's names and blanks; what stands in quotes, as a picture may, is not counted.
_MAX_TAG_CHARS = 20_000
_LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{{_MAX_TAG_CHARS},}}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NOTICE_CHARS = 2_000
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
    _check_amount(root, limits)
    _flatten(root, limits.max_nesting)
    return Reading(elements=_elements(root), title=title)


def _parsed(text: str) -> lxml_html.HtmlElement:
    _check_tags(text)
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


def _check_tags(text: str) -> None:
    """libxml2 compares each attribute with all before it: a hundred thousand take ten seconds."""
    for tag in _LONG_TAG.finditer(text):
        if len(_QUOTED.sub("", tag.group())) > _MAX_TAG_CHARS:
            msg = "a tag of the page has thousands of attributes"
            raise FailedDocumentError(msg)


def _check_amount(root: lxml_html.HtmlElement, limits: ParsingLimits) -> None:
    """Before anything else is made of it."""
    if root.xpath("count(//*)") > _MAX_TAGS:
        msg = f"the page has more than {_MAX_TAGS:,} tags"
        raise FailedDocumentError(msg)
    if sum(map(len, root.itertext())) > limits.max_text_chars:
        msg = f"the page holds more than {limits.max_text_chars:,} characters of text"
        raise FailedDocumentError(msg)


def _drop(element: lxml_html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _cookie_notices(root: lxml_html.HtmlElement) -> Iterator[lxml_html.HtmlElement]:
    for element in root.iter("div", "form"):
        name = f"{element.get('id') or ''}\n{element.get('class') or ''}"
        if _COOKIE_NOTICE.search(name) and len(element.text_content()) < _NOTICE_CHARS:
            yield element


def _permalinks(root: lxml_html.HtmlElement) -> Iterator[lxml_html.HtmlElement]:
    for link in root.iter("a"):
        skips = (link.get("href") or "").startswith("#") and _SKIP_LINK.match(link.text or "")
        if skips or _PERMALINK.search(link.get("class") or ""):
            yield link


def _flatten(root: lxml_html.HtmlElement, max_nesting: int) -> None:
    """Takes off the tags below a depth at which the parsers would drop the text without a word."""
    depth = deepest = -1
    deep: list[lxml_html.HtmlElement] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
        if event == "start" and depth > max_nesting:
            deep.append(element)
    if deepest >= _MAX_PARSED_DEPTH:
        msg = "the page nests its elements too deeply to be read"
        raise FailedDocumentError(msg)
    for element in deep:
        element.drop_tag()


def _elements(root: lxml_html.HtmlElement) -> Iterator[Element]:
    found = promoted(blocks_of(root, skipped=set(root.xpath(_FURNITURE))))
    first = next(found, None)
    if first is None:
        # Some pages keep all they have to say in an <aside> or a <header>.
        yield from promoted(blocks_of(root))
        return
    yield first
    yield from found
